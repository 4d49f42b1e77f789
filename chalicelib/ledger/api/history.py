"""What was posted: a member's history, and a store's business day."""

from datetime import date

from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import MEMBER, Caller
from chalicelib.adapters import secrets
from chalicelib.adapters.http import Call, Paging
from chalicelib.kernel import clock, cursor
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.ledger.api.views import EntryList, MemberId, SpendList, entry_view, spend_view
from chalicelib.ledger.built import ledger
from chalicelib.ledger.service import Position

routes = Routes(__name__)


class DayQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """The store's business day; today where it is left out."""

    business_date: date | None = None


@routes.declare(
    "GET", "/v1/me/spends", needs=MEMBER, asks=Paging, answers={200: EntryList}, raises=(BadCursor,)
)
def get_my_spends(call: Call, query: Paging) -> EntryList:
    """The member's own spends and top-ups, newest first."""
    return _history(call, call.caller.who, query)


@routes.declare(
    "GET",
    "/v1/members/{member_id}/spends",
    needs="ledger:read",
    asks=Paging,
    answers={200: EntryList},
    raises=(BadCursor, NotFound),
)
def get_member_spends(call: Call, member_id: MemberId, query: Paging) -> EntryList:
    """A member's spends and top-ups in all stores of the chain, newest first."""
    return _history(call, member_id, query)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/spends",
    needs="ledger:read",
    asks=DayQuery,
    answers={200: SpendList},
    raises=(BadCursor,),
)
def get_store_day(call: Call, store_id: str, query: DayQuery) -> SpendList:
    """What a store sold on one business day, newest first."""
    store = store_of(call, store_id)
    day = (query.business_date or store.business_date(clock.now())).isoformat()
    scope = f"{_who(call)} day {store_id} {day}"
    after = _opened(scope, query.cursor)
    page = ledger().day(store_id, day, "spend", query.limit, _image(after) if after else None)
    return SpendList(
        [spend_view(order, order.entry) for order in page.orders if order.entry],
        _sealed(
            scope, {name: value["S"] for name, value in page.last.items()} if page.last else None
        ),
    )


def _history(call: Call, member_id: str, query: Paging) -> EntryList:
    scope = f"{_who(call)} history {member_id}"
    at = _opened(scope, query.cursor)
    position = (
        Position(at["of"], at.get("before"), tuple(filter(None, at["then"].split(","))))
        if at
        else Position(member_id)
    )
    page = ledger().history(position, query.limit)
    if not page.entries and not page.next:
        ledger().card(member_id)  # who is nobody has no history either
    return EntryList(
        [entry_view(entry) for entry in page.entries], _sealed(scope, _told(page.next))
    )


def _told(position: Position | None) -> dict[str, str] | None:
    if position is None:
        return None
    told = {"of": position.member_id, "then": ",".join(position.then)}
    return told | ({"before": position.before} if position.before else {})


def _who(call: Call) -> str:
    caller: Caller = call.caller
    return f"{caller.kind} {caller.who}"


def _opened(scope: str, token: str | None) -> dict[str, str] | None:
    return cursor.open_(secrets.keyring().cursors, scope, token) if token else None


def _sealed(scope: str, position: dict[str, str] | None) -> str | None:
    return cursor.seal(secrets.keyring().cursors, scope, position) if position else None


def _image(position: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in position.items()}
