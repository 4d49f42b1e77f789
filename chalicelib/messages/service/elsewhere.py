"""What the other rooms know that a diagnosis needs: tills off line, held sales, incidents."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.evidence import ABOUT, Incident, Till, Withheld
from chalicelib.outages.model.components import Page, Part
from chalicelib.outages.model.errors import StatusUnknown
from chalicelib.outages.model.incidents import Incident as Reported
from chalicelib.outages.model.incidents import impacts, milestones
from chalicelib.outages.model.words import say
from chalicelib.outages.service import Desk
from chalicelib.stores import built as stores
from chalicelib.stores.model.held import Held
from chalicelib.stores.model.replays_words import why
from chalicelib.stores.service import devices

_MOST_TILLS = 50
_MOST_HELD = 100
_UNNAMED = Text("待核实。", "it has to be checked.")


def tills(store_id: str) -> tuple[Till, ...]:
    """Those in use: two requests."""
    kept, _ = devices.page(store_id, _MOST_TILLS, None)
    return tuple(
        Till(one.device.device_id, one.device.name, one.journal.highest, one.journal.gaps)
        for one in kept
        if one.device.revoked_at is None
    )


def withheld(
    store_id: str, *, name: str | None, member_id: str | None, about: datetime | None
) -> Withheld | None:
    """An off-line sale of that name, or of that member about that time, that was held: one request, two at the most."""
    queue = stores.queue()
    held, _ = queue.page(store_id, "open", _MOST_HELD, None)
    if found := _meant(held, name, member_id, about):
        return Withheld(found.code, why(found.code) or _UNNAMED, found.held_at)
    settled, _ = queue.page(store_id, "settled", _MOST_HELD, None)
    found = _meant(settled, name, member_id, about)
    if found is None or found.settlement is None or found.settlement.way != "cancel":
        return None
    return Withheld(found.code, why(found.code) or _UNNAMED, found.held_at, cancelled=True)


def incidents(since: datetime, until: datetime) -> tuple[Incident, ...]:
    """Those that the status page shows for that time: one request."""
    try:
        shown = Desk().with_history()
    except StatusUnknown:
        return ()
    found = [_incident(one, shown.page) for one in shown.incidents]
    return tuple(
        one
        for one in found
        if one.started_at <= until and (one.ended_at is None or one.ended_at >= since)
    )


def _meant(
    held: Sequence[Held], name: str | None, member_id: str | None, about: datetime | None
) -> Held | None:
    if name:
        return next((one for one in held if one.out_trade_no == name), None)
    mine = [one for one in held if one.member_id == member_id]
    if about is None:
        return max(mine, key=lambda one: one.occurred_at, default=None)
    near = [one for one in mine if abs(one.occurred_at - about) <= ABOUT]
    return min(near, key=lambda one: abs(one.occurred_at - about), default=None)


def _incident(one: Reported, page: Page) -> Incident:
    return Incident(
        one.id,
        Text(say(one.name, "zh-CN").text, say(one.name, "en").text),
        one.started_at,
        milestones(one).resolved_at,
        one.eta_at,
        _parts(one, page),
    )


def _parts(one: Reported, page: Page) -> frozenset[Part] | None:
    named = [page.component(component_id) for component_id in impacts(one)]
    parts = [component.part for component in named if component and component.part]
    return frozenset(parts) if parts and len(parts) == len(named) else None
