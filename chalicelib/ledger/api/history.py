"""What was posted: a member's history, and a store's business day."""

from datetime import date

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Call, Paging
from chalicelib.kernel import clock
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.ledger.api.order_views import SpendView, spend_view
from chalicelib.ledger.api.views import EntryList, entry_view
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.asked import MemberId
from chalicelib.members.model import Trail

routes = Routes(__name__)


class SpendList(msgspec.Struct):
    items: list[SpendView]
    next_cursor: str | None


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
    scope = paging.scope(call, f"day {store_id} {day}")
    after = paging.opened(scope, query.cursor)
    page = ledger().day(store_id, day, "spend", query.limit, _image(after) if after else None)
    return SpendList(
        [spend_view(order, order.entry) for order in page.orders if order.entry],
        paging.sealed(
            scope, {name: value["S"] for name, value in page.last.items()} if page.last else None
        ),
    )


def _history(call: Call, member_id: str, query: Paging) -> EntryList:
    scope = paging.scope(call, f"history {member_id}")
    at = paging.opened(scope, query.cursor)
    page = ledger().history(Trail.of(at) if at else Trail(member_id), query.limit)
    if not page.entries and not page.next:
        ledger().card(member_id)  # who is nobody has no history either
    following = paging.sealed(scope, page.next and page.next.told())
    return EntryList([entry_view(entry) for entry in page.entries], following)


def _image(position: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in position.items()}
