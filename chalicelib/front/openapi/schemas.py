"""JSON Schemas of what is taken and answered, from the very classes that decode and encode it."""

import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin

import msgspec

from chalicelib.adapters.http import Endpoint
from chalicelib.kernel.errors import ConditionMissing

Schema = dict[str, Any]
REF = "#/components/schemas/{name}"
PYTHONS_END = "(?!\\n)"  # after `$`: JSON Schema's own `$` means the very end already


class Schemas(msgspec.Struct, frozen=True):
    """`components` by name; `known` by declared type; `versioned` are types of what carries an ETag, for edits."""

    known: Mapping[Any, Schema]
    components: Mapping[str, Schema]
    versioned: frozenset[Any]

    @classmethod
    def of(cls, endpoints: Sequence[Endpoint]) -> "Schemas":
        kinds = dict.fromkeys(
            kind
            for each in endpoints
            for declared in (each.takes, each.form, *each.answers.values())
            for kind in alternatives(declared)
        )
        schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
        return cls(
            dict(zip(kinds, map(plain, schemas), strict=True)),
            {name: plain(schema) for name, schema in components.items()},
            frozenset(
                kind
                for each in endpoints
                if ConditionMissing in each.raises
                for kind in each.answers.values()
            ),
        )

    def schema(self, kind: Any) -> Schema:  # noqa: ANN401 - any type that msgspec knows
        found = [self.known[each] for each in alternatives(kind)]
        return found[0] if len(found) == 1 else {"anyOf": found}


def alternatives(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """The members of a union, for msgspec decodes no union of structs; nothing for None."""
    if kind is None:
        return ()
    return get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)


def query(kind: type) -> list[Schema]:
    """A query string's struct as parameters."""
    _, components = msgspec.json.schema_components([kind], ref_template=REF)
    schema = components[kind.__name__]
    return [
        _parameter(name, plain(field), required=name in schema["required"])
        for name, field in schema["properties"].items()
    ]


def annotated(hint: Any) -> Schema:  # noqa: ANN401
    """The schema of a path value, from the annotation of the view's argument."""
    schema: Schema = plain(msgspec.json.schema(hint))
    return schema


def _parameter(name: str, schema: Schema, *, required: bool) -> Schema:
    """In a query string there is no null: what may be null may be left out."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(options) == 1:
        schema = options[0]
    schema = {word: value for word, value in schema.items() if (word, value) != ("default", None)}
    told = {"description": schema.pop("description")} if "description" in schema else {}
    return {"name": name, "in": "query", "required": required, **told, "schema": schema}


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """With patterns as JSON Schema reads them."""
    if isinstance(value, dict):
        return {
            word: each.removesuffix(PYTHONS_END)
            if word == "pattern" and isinstance(each, str)
            else plain(each)
            for word, each in value.items()
        }
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value
