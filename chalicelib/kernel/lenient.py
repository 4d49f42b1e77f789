"""Reading what was kept: by a newer release, perhaps, before this one was rolled back."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def lenient(text: str, kind: type[T]) -> T:
    """As `kind`, which refuses a request with unknown fields; of what was kept these are passed over."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        from msgspec import inspect  # noqa: PLC0415 - for the rare case alone

        return msgspec.convert(_known(msgspec.json.decode(text), inspect.type_info(kind)), kind)


def _known(value: Any, kind: Any) -> Any:  # noqa: ANN401 - JSON values, and msgspec's words for types
    from msgspec import inspect  # noqa: PLC0415

    match kind:
        case inspect.Metadata(type=inner):
            return _known(value, inner)
        case inspect.StructType(fields=fields) if isinstance(value, dict):
            types = {each.encode_name: each.type for each in fields}
            return {
                name: _known(each, types[name]) for name, each in value.items() if name in types
            }
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [_known(each, item) for each in value] if isinstance(value, list) else value
    return value
