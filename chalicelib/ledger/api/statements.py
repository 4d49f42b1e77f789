"""Statements as CSV, a page at a time: a member's own, one for the counter, a store's day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.access import paging
from chalicelib.access.edge import Routes, gate, store_of
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Answer, Call
from chalicelib.adapters.http.answers import NEXT_CURSOR_HEADER
from chalicelib.kernel import clock, sheet
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.ledger.built import ledger
from chalicelib.ledger.facts import EntryPosted, Image
from chalicelib.ledger.model.asked import MemberId
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.service.reading import DAY_KINDS
from chalicelib.ledger.templates import statement
from chalicelib.members.model import Trail

routes = Routes(__name__)

MOST_LINES = 1000
_KIND = "kind"


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to `limit` lines from `cursor` on; the cursor of the next page is in the header `X-Next-Cursor`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_LINES)] = MOST_LINES
    cursor: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


class DayPage(Page, frozen=True, forbid_unknown_fields=True):
    """The store's business day; today where it is left out."""

    business_date: date | None = None


@routes.declare(
    "GET",
    "/v1/me/statement",
    needs=MEMBER,
    asks=Page,
    answers={200: str},
    raises=(BadCursor,),
    content_type=sheet.CONTENT_TYPE,
)
def get_my_statement(call: Call, query: Page) -> Answer:
    """The member's own entries as CSV, newest first."""
    return _of_member(call, call.caller.who, query, for_staff=False)


@routes.declare(
    "GET",
    "/v1/members/{member_id}/statement",
    needs="statement:read",
    asks=Page,
    answers={200: str},
    raises=(BadCursor, NotFound),
    content_type=sheet.CONTENT_TYPE,
)
def get_member_statement(call: Call, member_id: MemberId, query: Page) -> Answer:
    """A member's entries in all stores of the chain as CSV, newest first."""
    return _of_member(call, member_id, query, for_staff=True)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/statement",
    needs="statement:read",
    asks=DayPage,
    answers={200: str},
    raises=(BadCursor, NotFound),
    content_type=sheet.CONTENT_TYPE,
)
def get_store_statement(call: Call, store_id: str, query: DayPage) -> Answer:
    """All that a store booked on one business day as CSV: kind by kind, each newest first."""
    store = store_of(call, store_id)
    day = (query.business_date or store.business_date(clock.now())).isoformat()
    scope = paging.scope(call, f"statement day {store_id} {day}")
    at = paging.opened(scope, query.cursor)
    orders, following = _day(
        store_id, day, Place.of(at) if at else Place(DAY_KINDS[0]), query.limit
    )
    entries = (replace(one.entry, order_name=one.name) for one in orders if one.entry)
    text = statement.table(
        ((entry, store.zone) for entry in entries), for_staff=True, english=call.english
    )
    told = following.told() if following else None
    return _answer(text, f"statement-{store_id}-{day}", paging.sealed(scope, told))


class Place(NamedTuple):
    """Where a store's day goes on: a kind, and the key of the last one shown of it."""

    kind: str
    after: Image | None = None

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Place":
        key = {name: {"S": value} for name, value in told.items() if name != _KIND}
        return cls(told[_KIND], key or None)

    def told(self) -> dict[str, str]:
        key = {name: value["S"] for name, value in (self.after or {}).items()}
        return {_KIND: self.kind, **key}


def _day(store_id: str, day: str, start: Place, limit: int) -> tuple[list[Order], Place | None]:
    """Kind by kind, newest first, until there are `limit`; where it goes on, None where that is all."""
    orders: list[Order] = []
    place: Place | None = start
    while place and len(orders) < limit:
        page = ledger().day(store_id, day, place.kind, limit - len(orders), place.after)
        orders += page.orders
        place = Place(place.kind, page.last) if page.last else _next_kind(place.kind)
    return orders, place


def _next_kind(kind: str) -> Place | None:
    number = DAY_KINDS.index(kind) + 1
    return Place(DAY_KINDS[number]) if number < len(DAY_KINDS) else None


def _of_member(call: Call, member_id: str, query: Page, *, for_staff: bool) -> Answer:
    scope = paging.scope(call, f"statement {member_id}")
    at = paging.opened(scope, query.cursor)
    entries, following = _history(Trail.of(at) if at else Trail(member_id), query.limit)
    if not entries and not following:
        ledger().card(member_id)  # who is nobody has no statement either
    text = statement.table(_zoned(entries), for_staff=for_staff, english=call.english)
    told = following.told() if following else None
    return _answer(text, "statement", paging.sealed(scope, told))


def _history(trail: Trail, limit: int) -> tuple[list[EntryPosted], Trail | None]:
    """A page of the database ends at a megabyte, and with each member that was joined."""
    entries: list[EntryPosted] = []
    following: Trail | None = trail
    while following and len(entries) < limit:
        page = ledger().history(following, limit - len(entries))
        entries += page.entries
        following = page.next
    return entries, following


def _zoned(entries: Iterable[EntryPosted]) -> Iterator[tuple[EntryPosted, str]]:
    """What happened at no store, or at one that is no more, by the chain's own clock."""
    zones: dict[str, str] = {}
    for entry in entries:
        if entry.store_id not in zones:
            zones[entry.store_id] = _zone(entry.store_id)
        yield entry, zones[entry.store_id]


def _zone(store_id: str) -> str:
    try:
        return gate().store(store_id).zone
    except NotFound:
        return ledger().rules().zone


def _answer(text: str, name: str, next_cursor: str | None) -> Answer:
    headers = sheet.headers(name)
    if next_cursor:
        headers[NEXT_CURSOR_HEADER] = next_cursor
    return Answer(text, content_type=sheet.CONTENT_TYPE, headers=headers)
