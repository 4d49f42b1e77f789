"""Schemas as lists of fields: name, kind, bounds, meaning."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from chalicelib.front.page.words import anchor, element, inline, link, listed

Schema = Mapping[str, Any]
_RANGES = (
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
)


def described(name: str, schema: Schema) -> str:
    """One named schema, where links to it lead."""
    said = f"<p>{inline(schema['description'])}</p>" if "description" in schema else ""
    heading = element("h3", element("code", escape(name)))
    return element(
        "section", heading + said + fields(schema), id=anchor("schema", name), class_="schema"
    )


def fields(schema: Schema) -> str:
    needed = schema.get("required", ())
    rows = [
        row(name, each, required=name in needed)
        for name, each in schema.get("properties", {}).items()
    ]
    return listed(rows, class_="fields") if rows else ""


def row(name: str, schema: Schema, *, required: bool, said: str = "", place: str = "") -> str:
    """`place` is where a parameter stands: path, query or header."""
    must = '<em class="must">required</em>' if required else ""
    stands = f'<span class="in">{place}</span>' if place else ""
    bounds = escape(", ".join(_bounds(schema)))
    meaning = said or schema.get("description", "")
    return (
        f"<code>{escape(name)}</code> "
        f'<span class="kind">{kind(schema)}</span> {must}{stands}'
        + (f'<span class="bounds">{bounds}</span>' if bounds else "")
        + (f"<p>{inline(meaning)}</p>" if meaning else "")
    )


def kind(schema: Schema) -> str:
    """What a value is, in few words, as HTML."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return link("schema", name, escape(name))
    if "enum" in schema:
        return " · ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    for word in ("anyOf", "allOf"):
        if word in schema:
            return " or ".join(kind(each) for each in schema[word])
    return _simple(schema)


def _simple(schema: Schema) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {kind(schema['items'])}" if "items" in schema else "list"
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return f"{kind(schema['additionalProperties'])} by name"
        case str(plain):
            return escape(schema.get("format", plain))
    return "anything"


def _bounds(schema: Schema) -> Iterator[str]:
    """Of the value itself, or of what it is where it is not null."""
    for each in (schema, *schema.get("anyOf", ())):
        yield from _ranges(each)
        if "pattern" in each:
            yield f"pattern {each['pattern']}"
    if schema.get("default") is not None:
        yield f"otherwise {schema['default']}"


def _ranges(schema: Schema) -> Iterator[str]:
    for least, most, unit in _RANGES:
        match schema.get(least), schema.get(most):
            case None, None:
                continue
            case low, None:
                yield f"at least {low:,}{unit}"
            case None, high:
                yield f"at most {high:,}{unit}"
            case low, high:
                yield f"{low:,} to {high:,}{unit}"
