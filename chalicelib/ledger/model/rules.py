"""What the chain decides for itself: how balances are drawn, points and tiers, top-ups, coupons, time limits.

One document; who changes it names the version that was read.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.money import MOST_FEN, Fen, PositiveFen
from chalicelib.kernel.words import ONE_LINE, STORE_ID

Word = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$(?!\n)", examples=["latte-10"])
]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
Days = Annotated[int, msgspec.Meta(ge=1, le=3660)]
Months = Annotated[int, msgspec.Meta(ge=1, le=36)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Stores = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=STORE_ID)], ...], msgspec.Meta(max_length=200)
]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class BalanceRules(Strict, frozen=True):
    """What expires soonest is drawn first; of the rest `bonus_percent` from bonus, or both in proportion where None."""

    bonus_percent: Percent | None = None
    bonus_valid_days: Days | None = None
    most_fen: PositiveFen = MOST_FEN
    most_without_phone_fen: PositiveFen = MOST_FEN


class PointsRules(Strict, frozen=True):
    """A point for each `earn_fen` (0: none is earned); `redeem_points` points pay `redeem_fen` (0: they pay none)."""

    earn_fen: Fen = 0
    earn_on_balance: bool = True
    valid_months: Months | None = None
    redeem_points: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    redeem_fen: Fen = 0
    may_go_below_zero: bool = False


class Tier(Strict, frozen=True):
    """Reached by `needs` fen spent, or points earned, within the window; who holds it earns `points_percent`."""

    tier: Word
    title: Title
    needs: Annotated[int, msgspec.Meta(ge=1, le=10**11)]
    points_percent: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 100


class TierRules(Strict, frozen=True):
    """A tier holds in the months in which it was earned and the `keep_months` after them."""

    by: Literal["spend", "points"] = "spend"
    window_months: Months = 12
    keep_months: Months = 12
    tiers: Annotated[tuple[Tier, ...], msgspec.Meta(max_length=10)] = ()


class TopUpRule(Strict, frozen=True):
    """Who pays `pay_fen` or more gets `bonus_fen`; the rule with the highest bonus that fits is the one that counts."""

    name: Word
    pay_fen: PositiveFen
    bonus_fen: Fen
    first_only: bool = False
    tiers: Annotated[tuple[Word, ...], msgspec.Meta(max_length=10)] = ()
    from_date: date | None = None
    to_date: date | None = None


class CouponKind(Strict, frozen=True):
    """A coupon that can be given: money off, or per cent off up to a cap; usable once."""

    coupon: Word
    title: Title
    amount_off_fen: Fen = 0
    percent_off: Percent = 0
    cap_fen: PositiveFen | None = None
    threshold_fen: Fen = 0
    stores: Stores = ()
    starts_on: date | None = None
    ends_on: date | None = None
    valid_days: Days | None = None


class CountCardKind(Strict, frozen=True):
    """So many times a service, for a price; with or without end."""

    count_card: Word
    title: Title
    service: Word
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    price_fen: PositiveFen
    valid_days: Days | None = None
    stores: Stores = ()


class RefundRules(Strict, frozen=True):
    """What is given back to a lot that has expired meanwhile lives `reopened_days` more."""

    reopened_days: Days = 30
    seven_days: Annotated[int, msgspec.Meta(ge=7, le=60)] = 7


class OfflineRules(Strict, frozen=True):
    """How much of a member's balance a till may take on trust while the line is down, and how long a card says so."""

    trust_fen: Fen = 20_000
    card_days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 7


class Rules(Strict, frozen=True):
    """All of them. Without any, nothing is earned, given or lost by itself."""

    zone: Annotated[str, msgspec.Meta(max_length=40)] = "Asia/Shanghai"
    day_cut_hour: Annotated[int, msgspec.Meta(ge=0, le=12)] = 4
    balance: BalanceRules = BalanceRules()
    points: PointsRules = PointsRules()
    tiers: TierRules = TierRules()
    top_ups: Annotated[tuple[TopUpRule, ...], msgspec.Meta(max_length=50)] = ()
    coupons: Annotated[tuple[CouponKind, ...], msgspec.Meta(max_length=200)] = ()
    count_cards: Annotated[tuple[CountCardKind, ...], msgspec.Meta(max_length=200)] = ()
    refunds: RefundRules = RefundRules()
    offline: OfflineRules = OfflineRules()
    notice_days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 7

    def today(self, moment: datetime) -> date:
        return clock.business_date(moment, self.zone, self.day_cut_hour)

    def end_of(self, day: date) -> datetime:
        """The day cut after `day`: what is good through that day ends then."""
        local = datetime.combine(day + timedelta(days=1), time(self.day_cut_hour))
        return local.replace(tzinfo=clock.zone(self.zone)).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        return self.end_of(day - timedelta(days=1))

    def after_days(self, moment: datetime, days: int) -> datetime:
        """The end of the day that is `days` after the one that `moment` is of."""
        return self.end_of(self.today(moment) + timedelta(days=days))

    def points_end(self, moment: datetime) -> datetime | None:
        """Points of one month end together, with a month of the calendar: so they are one lot."""
        if self.points.valid_months is None:
            return None
        return self.end_of(last_of(months_on(self.today(moment), self.points.valid_months)))


def months_on(day: date, months: int) -> date:
    """The first of the month that is `months` later, or earlier where negative."""
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def last_of(month: date) -> date:
    return months_on(month, 1) - timedelta(days=1)
