"""The figures of stores by business day, as the stream counts them and the night proves them."""

from collections import Counter
from datetime import date, datetime, timedelta

import msgspec
from msgspec.structs import asdict

from chalicelib.access import service as access
from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import Caller
from chalicelib.adapters.http import Call
from chalicelib.kernel import clock
from chalicelib.kernel.errors import InvalidRequest, NotFound
from chalicelib.stores.model import figures as model
from chalicelib.stores.model.figures import Day

routes = Routes(__name__)

_A_WEEK = timedelta(days=6)
_FIRST_WEEK = date.min + _A_WEEK


class Between(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Business days, both included, 92 at the most; the last week where left out."""

    first: date | None = msgspec.field(default=None, name="from")
    last: date | None = msgspec.field(default=None, name="to")


class OnDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Today where it is left out."""

    business_date: date | None = None


class ByMethod(msgspec.Struct):
    method: str
    amount_fen: int


class KindView(msgspec.Struct):
    """What the entries of one kind come to; those of a till's off-line journal are told once more in `late_…`.

    `total_fen` changed hands in all; `spent_fen` is its part of net sales, below zero where it was given back.
    `bonus_fen` was given on top or taken back with a top-up; `balance_fen` and `points` are what became of the members'
    balances and points, below zero where they went down.
    """

    kind: str
    count: int
    total_fen: int
    spent_fen: int
    bonus_fen: int
    balance_fen: int
    points: int
    points_earned: int
    points_redeemed: int
    times: int
    late_count: int
    late_fen: int
    payments: list[ByMethod]


class DayView(msgspec.Struct):
    """`net_sales_fen` is what was spent in money and from balances, less what was given back of it on this day.

    A count card is in it when it is sold, and leaves it when it is paid back: what count cards paid for stands apart
    in `by_count_card_fen`, so that nothing is counted twice. Points, coupons and what was written off are in neither;
    nor is a top-up, before it is spent. Kinds without an entry are left out. `proved_until`: up to then it was made
    from the entries themselves, and not counted as they came.
    """

    store_id: str
    business_date: date
    net_sales_fen: int
    by_count_card_fen: int
    kinds: list[KindView]
    proved_until: datetime | None


class FiguresView(msgspec.Struct):
    items: list[DayView]


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/figures",
    needs="figures:read",
    asks=Between,
    answers={200: FiguresView},
    raises=(InvalidRequest, NotFound),
)
def get_store_figures(call: Call, store_id: str, query: Between) -> FiguresView:
    """A store's days, oldest first; those without an entry are left out. Some seconds behind the tills."""
    store = store_of(call, store_id)
    last = query.last or store.business_date(clock.now())
    first = query.first or max(last, _FIRST_WEEK) - _A_WEEK
    from chalicelib.stores.service import figures as service  # noqa: PLC0415 - not for who only sells

    days = service.days(store_id, first, last)
    return FiguresView([_day_view(each) for each in days])


@routes.declare(
    "GET",
    "/v1/figures",
    needs="figures:read",
    asks=OnDay,
    answers={200: FiguresView},
)
def get_figures(call: Call, query: OnDay) -> FiguresView:
    """One business day of all stores that the caller may see, with nothing but zeros where there was no entry."""
    caller: Caller = call.caller
    stores = [caller.store] if caller.store else access.stores()
    now = clock.now()
    days = [
        (each.store_id, (query.business_date or each.business_date(now)).isoformat())
        for each in stores
    ]
    from chalicelib.stores.service import figures as service  # noqa: PLC0415

    found = service.on(days)
    views = [_day_view(found.get(each) or Day(*each, Counter())) for each in days]
    return FiguresView(views)


def _day_view(day: Day) -> DayView:
    kinds = {name: model.kind(day.sums, name) for name in model.KINDS}
    return DayView(
        day.store_id,
        date.fromisoformat(day.business_date),
        model.net_sales_fen(day.sums),
        model.by_count_card_fen(day.sums),
        [_kind_view(name, each) for name, each in kinds.items() if each.count],
        day.sealed_at,
    )


def _kind_view(name: str, kind: model.Kind) -> KindView:
    numbers = asdict(kind)
    by_method = numbers.pop("by_method")
    return KindView(name, payments=[ByMethod(*each) for each in by_method.items()], **numbers)
