"""DynamoDB's responses, parsed no deeper than they have to be.

botocore walks through every value by its description, which is a fifth of what a page of history costs. A value of
DynamoDB needs none of that: it is handed out as it came, but for bytes, which come as base64.
"""

import base64
from collections.abc import Mapping
from typing import Any

from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

_VALUE = "AttributeValue"
_WITH_BYTES = frozenset({"B", "BS", "M", "L"})


class Parsers(ResponseParserFactory):  # type: ignore[misc] # botocore has no types
    """To be registered with a session as its `response_parser_factory`."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        if protocol_name == "json":
            return _Parser(**self._defaults)
        return super().create_parser(protocol_name)


class _Parser(JSONParser):  # type: ignore[misc] # botocore has no types
    def _handle_map(self, shape: Any, value: Mapping[str, Any]) -> Any:  # noqa: ANN401
        if shape.value.name != _VALUE:
            return super()._handle_map(shape, value)
        return {name: plain(each) for name, each in value.items()}


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """One attribute's value as botocore's own parser gives it."""
    ((kind, content),) = value.items()
    if kind not in _WITH_BYTES:
        return value
    if kind == "B":
        return {kind: base64.b64decode(content)}
    if kind == "BS":
        return {kind: [base64.b64decode(each) for each in content]}
    if kind == "L":
        return {kind: [plain(each) for each in content]}
    return {kind: {name: plain(each) for name, each in content.items()}}
