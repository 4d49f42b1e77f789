"""Saying ahead of time what is about to end, once for each member and day."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from chalicelib.access.model import Store
from chalicelib.ledger.facts import Lot, Payment
from chalicelib.ledger.model.account import Account, Holding, total
from chalicelib.ledger.model.posting import NOWHERE, Decision, Posting, Situation
from chalicelib.ledger.model.rules import Rules


class ExpiryNotice(Posting, frozen=True, kw_only=True):
    """Moves nothing. `total_fen` of stored value ends at `ends_at`; `payments` name the points, coupons and times."""

    kind = "expiry_notice"
    store: Store = NOWHERE

    day: date
    ends_at: datetime

    def decide(self, at: Situation) -> Decision:
        ending = [one for one in at.account.holdings if one.lot.expires_at == self.ends_at]
        return Decision(
            total_fen=total(ending, ("principal", "bonus")),
            payments=tuple(_named(ending)),
            order_name=self.day.isoformat(),
            occurred_at=self.ends_at,
        )


def notices(account: Account, rules: Rules, now: datetime) -> Iterator[ExpiryNotice]:
    """One for each moment at which something ends within the days that the chain gives notice."""
    latest = rules.today(now) + timedelta(days=rules.notice_days)
    ends = {one.lot.expires_at for one in account.holdings if one.live(now)}
    for ends_at in sorted(filter(None, ends)):
        last_day = rules.today(ends_at) - timedelta(days=1)
        if last_day < latest:
            name = f"{account.member_id}-{ends_at:%Y%m%dT%H%M}"
            yield ExpiryNotice(order_name=name, day=last_day, ends_at=ends_at)


def next_look(
    lots: Iterable[Lot], rules: Rules, now: datetime, *, told: bool = False
) -> date | None:
    """The first day on which one is to be announced, or has ended; `told` where those due today were told of."""
    today = rules.today(now)
    ends = [rules.today(lot.expires_at) for lot in lots if lot.expires_at]
    return min((_look(gone, rules, today, told=told) for gone in ends), default=None)


def _look(gone: date, rules: Rules, today: date, *, told: bool) -> date:
    notice = gone - timedelta(days=rules.notice_days)
    if notice > today:
        return notice
    return gone if told else min(gone, today + timedelta(days=1))


def _named(ending: list[Holding]) -> Iterator[Payment]:
    if points := total(ending, ("points",)):
        yield Payment("points", 0, points=points)
    if coupons := total(ending, ("coupon",)):
        yield Payment("coupon", 0, times=coupons)
    if times := total(ending, ("count",)):
        yield Payment("count_card", 0, times=times)
