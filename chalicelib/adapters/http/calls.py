"""One HTTP request, decoded: bounded, typed, or refused with a pointer to what is wrong."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec
from chalice.app import Request

from chalicelib.kernel.errors import InvalidRequest, Malformed, Text, TooLarge

MOST_BODY_BYTES = 256 * 1024
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]")
T = TypeVar("T")


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`limit` items from `cursor` on."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


@dataclass
class Call:
    """What is known of a request; `caller` is set by the guard of its route before the view runs."""

    route: str
    request_id: str
    origin: str
    headers: Mapping[str, str]
    path: Mapping[str, str]
    params: Mapping[str, str]
    request: Request
    caller: Any = None

    @classmethod
    def of(cls, request: Request) -> "Call":
        return cls(
            route=f"{request.method} {request.path}",
            request_id=str(request.context.get("requestId", "")),
            origin=(request.context.get("identity") or {}).get("sourceIp") or "",
            headers=request.headers,
            path=request.uri_params or {},
            params=dict(request.query_params or {}),
            request=request,
        )

    @property
    def english(self) -> bool:
        return prefers_english(self.headers.get("accept-language") or "")

    @property
    def bearer(self) -> str:
        scheme, _, token = (self.headers.get("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def body(self, kind: type[T]) -> T:
        """Raises TooLarge, Malformed or InvalidRequest."""
        return decode(self._raw_body(), kind)

    def query(self, kind: type[T]) -> T:
        """The query string as one object; numbers are read from their text. Raises InvalidRequest."""
        try:
            return msgspec.convert(self.params, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _invalid(str(error)) from error

    def _raw_body(self) -> bytes:
        try:
            raw = self.request.raw_body
        except (binascii.Error, UnicodeEncodeError) as error:
            raise Malformed from error
        if len(raw) > MOST_BODY_BYTES:
            raise TooLarge
        return raw if isinstance(raw, bytes) else raw.encode()


def decode(raw: bytes, kind: type[T]) -> T:
    """Raises Malformed for what is no JSON, InvalidRequest with a JSON pointer for what does not fit `kind`."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed from error


def _invalid(message: str) -> InvalidRequest:
    """Msgspec says `Expected `int`, got `str` - at `$.payments[0].amount_fen``."""
    said, _, path = message.partition(" - at `")
    pointer = "".join(f"/{name or index}" for name, index in _STEP.findall(path.rstrip("`")))
    detail = Text(f"不合要求：{said}", said)
    return InvalidRequest(errors=[{"pointer": pointer, "detail": detail}])


def prefers_english(accept_language: str) -> bool:
    """Whether the first language that we speak, by weight and then order, is English; Chinese otherwise."""
    best, english = 0.0, False
    for part in accept_language.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        language = tag.lower().split("-")[0]
        value = _weight(weight)
        if language in {"zh", "en"} and value > best:
            best, english = value, language == "en"
    return english


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
