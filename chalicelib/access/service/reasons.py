"""Why somebody may or may not, with the names of those who can help."""

from chalicelib.access import model, table
from chalicelib.access.model import Caller, Person, Why, Wish
from chalicelib.access.service.gate import Gate


def why(gate: Gate, asking: Caller, wish: Wish) -> Why:
    """Of a store to which the caller does not belong nothing is read. Raises NotFound."""
    return model.why(asking, wish, _working_at(gate, asking, wish.store_id))


def _working_at(gate: Gate, asking: Caller, store_id: str | None) -> list[Person]:
    if store_id is None or model.foreign(asking, store_id):
        return []
    gate.store(store_id)
    return [
        Person(each.staff_no, each.name, each.role, each.limits)
        for each in table.staff_of(store_id)
        if each.active
    ]
