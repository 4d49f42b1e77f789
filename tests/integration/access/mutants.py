"""Wrong bodies, made from the declared type of a request and one example that fits it."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

PHONE = "18612345678"  # nobody's here: wherever it shows up again, it was echoed
_HOLE = "@@here@@"
_DEEP = 10_000
Set = Callable[[Any], Any]

# JSON as it is sent; each is put at every place of every body
WRONG = (
    "null", "true", "0", "-1", "1.0", "1.5", "1e400", "-1e400", "9" * 40, "-" + "9" * 40, "9" * 5000,
    "NaN", "Infinity", '""', '" "', '"1"', f'"{PHONE}"', PHONE, f'["{PHONE}"]', f'{{"{PHONE}": 1}}',
    json.dumps("x" * 5000), json.dumps("长" * 5000), '"\\u0000"', '"a\\u0000b"', '"a\\nb"', '"\\u001b[31m"',
    '"\\ud800"', '"\\udc00x"', '"a\u202eb"', '"１２３４"', '"{0}"', '"{missing}"', '"%s%n"', '"../../etc/passwd"',
    '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-12:00"', '"2026-02-30"', '"0001-01-01"', '"9999-12-31"',
    "[]", "{}", "[[]]", "[null]", '{"a": 1}', "[" * _DEEP + "]" * _DEEP, '{"a":' * _DEEP + "1" + "}" * _DEEP,
)  # fmt: skip


class Place(NamedTuple):
    """A spot in a body: `put` gives the whole body with something else there; `kind` is what belongs there."""

    pointer: str
    kind: inspect.Type
    put: Set


def bodies(endpoint_type: type, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong, and the body."""
    whole = Place("", inspect.type_info(endpoint_type), lambda value: value)
    for place in places(whole, told):
        for wrong in WRONG:
            body = json.dumps(place.put(_HOLE)).replace(json.dumps(_HOLE), wrong)
            yield f"{place.pointer or '/'} is {wrong[:40]}", body
    yield from objects(whole, told)
    good = json.dumps(told)
    yield from {
        "nothing": "", "space": " ", "half": good[:-1], "more after it": good + "1", "twice": good * 2,
        "byte order mark": "\ufeff" + good, "single quotes": good.replace('"', "'"), "no JSON": "a=1&b=2",
        "open arrays": "[" * _DEEP, "half a pair": good[:-1] + ', "x": "\ud800"}',
    }.items()  # fmt: skip


def places(place: Place, value: Any) -> Iterator[Place]:  # noqa: ANN401
    """The place itself and all below it."""
    yield place
    kind = _bare(place.kind)
    if isinstance(kind, inspect.StructType):
        had = value if isinstance(value, dict) else {}
        for field in kind.fields:
            put = _key_setter(place.put, had, field.encode_name)
            below = Place(f"{place.pointer}/{field.encode_name}", field.type, put)
            yield from places(below, had.get(field.encode_name))
    if isinstance(kind, inspect.ListType):
        items = value or [None]
        below = Place(f"{place.pointer}/0", kind.item_type, _first_setter(place.put, items))
        yield from places(below, items[0])


def objects(place: Place, told: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """One name too many, one too few, one twice; in every object of the body."""
    for each in places(place, told):
        at, there = each.pointer or "/", _at(told, each.pointer)
        if not isinstance(there, dict):
            continue
        for extra in ("surprise", PHONE, "__proto__", ""):
            yield f"{at} has {extra!r} too", json.dumps(each.put({**there, extra: 1}))
        for name in there:
            less = {key: value for key, value in there.items() if key != name}
            yield f"{at} is without {name}", json.dumps(each.put(less))
            twice = f"{{{json.dumps(name)}: {json.dumps(there[name])}, {json.dumps(there)[1:]}"
            yield (
                f"{at} has {name} twice",
                json.dumps(each.put(_HOLE)).replace(json.dumps(_HOLE), twice),
            )


def fits(endpoint_type: type, body: str) -> bool:
    """Whether the declared type takes it; names that come twice are beyond what the type can tell."""
    try:
        msgspec.json.decode(body.encode(), type=endpoint_type)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def money_places(endpoint_type: type, told: dict[str, Any]) -> list[Place]:
    whole = Place("", inspect.type_info(endpoint_type), lambda value: value)
    return [place for place in places(whole, told) if place.pointer.endswith("_fen")]


def _bare(kind: inspect.Type) -> inspect.Type:
    """What may stand there beside null and nothing."""
    if isinstance(kind, inspect.Metadata):
        return _bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        composed = (inspect.StructType, inspect.ListType)
        return next((_bare(each) for each in kind.types if isinstance(_bare(each), composed)), kind)
    return kind


def _at(value: Any, pointer: str) -> Any:  # noqa: ANN401
    for step in pointer.split("/")[1:]:
        has = dict(enumerate(value)) if isinstance(value, list) else value
        value = has.get(int(step) if step.isdigit() else step) if isinstance(has, dict) else None
    return value


def _key_setter(put: Set, had: dict[str, Any], name: str) -> Set:
    return lambda value: put({**copy.deepcopy(had), name: value})


def _first_setter(put: Set, items: list[Any]) -> Set:
    return lambda value: put([value, *copy.deepcopy(items[1:])])
