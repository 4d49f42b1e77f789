"""One HTTP request, decoded: bounded, typed, or refused with a pointer to what is wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from chalice.app import MultiDict, Request

from chalicelib.kernel.errors import InvalidRequest, Malformed, NotFound, TooLarge, invalid

MOST_BODY_BYTES = 256 * 1024
MOST_FORM_BYTES = 16 * 1024
_MOST_FORM_FIELDS = 20
_SENT = re.compile(
    r"(?P<kind>Invalid enum value|Object contains unknown field)(?: `(?P<name>.*)`| .*)\Z",
    re.DOTALL,
)
_FIELD = re.compile(r"[a-z]+(?:_[a-z]+){0,4}")
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
    doubled: frozenset[str] = frozenset()
    caller: Any = None

    @classmethod
    def of(cls, request: Request) -> "Call":
        params = request.query_params or MultiDict({})
        return cls(
            route=f"{request.method} {request.path}",
            request_id=str(request.context.get("requestId", "")),
            origin=(request.context.get("identity") or {}).get("sourceIp") or "",
            headers=request.headers,
            path=request.uri_params or {},
            params=dict(params),
            request=request,
            doubled=frozenset(name for name in params if len(params.getlist(name)) > 1),
        )

    @property
    def english(self) -> bool:
        return prefers_english(self.headers.get("accept-language") or "")

    @property
    def visitor(self) -> str:
        """For whom `origin` says that it asks, as a distribution does; itself where it says nothing.

        Whoever calls may say anything there: it bears no decision by itself.
        """
        said = [each.strip() for each in (self.headers.get("x-forwarded-for") or "").split(",")]
        if self.origin not in said:
            return self.origin
        before = said[: len(said) - 1 - said[::-1].index(self.origin)]
        return before[-1] if before else self.origin

    @property
    def bearer(self) -> str:
        scheme, _, token = (self.headers.get("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def body(self, kind: type[T]) -> T:
        """Raises TooLarge, Malformed or InvalidRequest."""
        return decode(self.raw_body(), kind)

    def form(self, kind: type[T]) -> T:
        """`application/x-www-form-urlencoded`, as a page sends it. Raises TooLarge, Malformed or InvalidRequest."""
        raw = self.raw_body()
        if len(raw) > MOST_FORM_BYTES:
            raise TooLarge
        try:
            pairs = parse_qsl(
                raw.decode(),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=_MOST_FORM_FIELDS,
            )
            return msgspec.convert(_once(pairs), kind, strict=False)
        except msgspec.ValidationError as error:
            raise _invalid(str(error)) from error
        except ValueError as error:
            raise Malformed from error

    def query(self, kind: type[T]) -> T:
        """The query string as one object; numbers are read from their text. Raises InvalidRequest."""
        for name in self.doubled:
            if name in _field_names(kind):
                raise invalid(f"/{name}", "参数重复", "is given more than once")
        try:
            return msgspec.convert(self.params, kind, strict=False)
        except msgspec.ValidationError as error:
            raise _invalid(str(error)) from error
        except UnicodeEncodeError as error:
            raise Malformed from error

    def raw_body(self) -> bytes:
        """As it came. Raises TooLarge or Malformed."""
        try:
            raw = self.request.raw_body
        except ValueError as error:  # no base64, or text that is no Unicode
            raise Malformed from error
        if len(raw) > MOST_BODY_BYTES:
            raise TooLarge
        return raw if isinstance(raw, bytes) else raw.encode()


def decode(raw: bytes, kind: type[T]) -> T:
    """Raises Malformed for what is no JSON, InvalidRequest with a JSON pointer for what does not fit `kind`."""
    try:
        decoded = msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed from error
    json.loads(raw, object_pairs_hook=_once)
    return decoded


def named(value: str, kind: object) -> str:
    """A name that a path carries, held to its pattern. Raises NotFound: nothing can be there."""
    try:
        checked: str = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise NotFound from error
    return checked


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name given twice one value would be dropped without a word. Raises InvalidRequest."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise invalid("", "有字段重复出现", "a field is given more than once")
    return fields


def _invalid(message: str) -> InvalidRequest:
    """Msgspec says `Expected `int`, got `str` - at `$.payments[0].amount_fen``."""
    said, _, path = message.partition(" - at `")
    pointer = "".join(f"/{name or index}" for name, index in _STEP.findall(path.rstrip("`")))
    said = _SENT.sub(_unless_personal, said)
    return invalid(pointer, f"不合要求：{said}", said)


def _unless_personal(sent: re.Match[str]) -> str:
    """What the caller sent is said again only where it looks like a field of ours, mistyped."""
    return sent[0] if _FIELD.fullmatch(sent["name"] or "") else sent["kind"]


def _field_names(kind: type) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(kind))


def unchanged(call: Call, tag: str) -> bool:
    """Whether the caller holds what `tag` stands for (RFC 9110: tags compared weakly, or `*`)."""
    held = call.headers.get("if-none-match") or ""
    known = {each.strip().removeprefix("W/") for each in held.split(",")}
    return tag in known or "*" in known


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
