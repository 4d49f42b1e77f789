"""What the updates of an incident say of components: from what to what, whatever order they were written in."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from chalicelib.kernel.errors import invalid
from chalicelib.outages.model.asked import Naming
from chalicelib.outages.model.components import Page, Status, worst
from chalicelib.outages.model.incidents import Affected, Spread, Update, absorb, in_order

States = Mapping[str, Status]


def affected(named: Sequence[Naming], page: Page) -> tuple[Affected, ...]:
    """Of two words about the same, the last. Raises InvalidRequest."""
    check_named(named, page)
    latest = {(each.component_id, frozenset(each.store_ids)): each for each in named}
    return tuple(
        Affected(each.component_id, "operational", each.status, tuple(sorted(set(each.store_ids))))
        for each in latest.values()
    )


def check_named(named: Sequence[Naming], page: Page) -> None:
    """Raises InvalidRequest."""
    for at, each in enumerate(named):
        _check(each, at, page)


def rechained(
    updates: Sequence[Update], known: Sequence[Update], states: States
) -> tuple[Update, ...]:
    """In order, each saying as the old state what was said before it.

    Before anything was said, a component was as the `known` updates found it, or else as `states` say.
    """
    origins = {**states, **_found(known)}
    said: dict[str, Spread] = {}
    told = []
    for update in in_order(tuple(updates)):
        chained = tuple(
            replace(one, old_status=_before(said, one, origins)) for one in update.affected
        )
        for one in chained:
            absorb(said, one)
        told.append(replace(update, affected=chained))
    return tuple(told)


def _check(named: Naming, at: int, page: Page) -> None:
    found = page.component(named.component_id)
    if found is None or found.group:
        raise invalid(
            f"/components/{at}/component_id", "没有这个组件", "There is no such component"
        )
    unknown = next((each for each in named.store_ids if page.store(each) is None), None)
    if unknown is not None:
        where = f"/components/{at}/store_ids/{named.store_ids.index(unknown)}"
        raise invalid(where, "状态页没有这家门店", "The status page has no such store")


def _found(updates: Sequence[Update]) -> dict[str, Status]:
    """By component, the state in which the first of the updates found it, as they are chained already."""
    latest_first = reversed(in_order(tuple(updates)))
    return {one.component_id: one.old_status for each in latest_first for one in each.affected}


def _before(said: Mapping[str, Spread], one: Affected, origins: States) -> Status:
    origin = origins.get(one.component_id, "operational")
    before = said.get(one.component_id)
    if before is None:
        return origin
    if one.store_ids:
        return worst(before.seen_from(each) or origin for each in one.store_ids)
    return before.overall
