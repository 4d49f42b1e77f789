"""A request as it might be sent: what is required, with the examples that the declarations give."""

from collections.abc import Mapping
from typing import Any

import msgspec

_BY_FORMAT = {"date-time": "2026-11-22T08:00:00Z", "date": "2026-11-22"}


class Examples(msgspec.Struct, frozen=True):
    components: Mapping[str, Mapping[str, Any]]

    def of(self, schema: Mapping[str, Any], name: str = "") -> Any:  # noqa: ANN401 - JSON values
        if "$ref" in schema:
            return self.of(self.components[schema["$ref"].rpartition("/")[2]], name)
        for word in ("examples", "enum", "anyOf"):
            if word in schema:
                first = schema[word][0]
                return self.of(first, name) if word == "anyOf" else first
        if "const" in schema:
            return schema["const"]
        return self._of_type(schema, name)

    def _of_type(self, schema: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return [self.of(schema["items"], name)] if "items" in schema else []
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
            case "string":
                return _BY_FORMAT.get(schema.get("format", ""), name)
        return None

    def _object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The required fields, and those that bring an example; the first field where none is required."""
        fields = schema.get("properties", {})
        shown = [
            name
            for name, field in fields.items()
            if name in schema.get("required", ()) or _brings_one(field)
        ]
        return {name: self.of(fields[name], name) for name in shown or list(fields)[:1]}


def _brings_one(field: Mapping[str, Any]) -> bool:
    return any("examples" in each for each in (field, *field.get("anyOf", ())))
