"""What is given, and what it may cost."""

from typing import Annotated, NamedTuple

import msgspec

from chalicelib.access.model import Store
from chalicelib.kernel.errors import invalid
from chalicelib.kernel.shares import rounded
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.gifts import Grant, coupon_kind
from chalicelib.ledger.model.rules import Rules, Word
from chalicelib.ledger.model.top_ups import count_card

Points = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of a coupon and a count card, by the chain's word for it, and points."""

    coupon: Word | None = None
    count_card: Word | None = None
    points: Points | None = None

    def check(self) -> None:
        """Raises InvalidRequest."""
        if sum(map(bool, (self.coupon, self.count_card, self.points))) != 1:
            raise invalid(
                "",
                "coupon、count_card、points 必须且只能给一个",
                "give exactly one of coupon, count_card, points",
            )

    def to(self, store: Store, name: str, reason: str) -> Grant:
        return Grant(
            store=store,
            order_name=name,
            coupon=self.coupon,
            count_card=self.count_card,
            points=self.points or 0,
            reason=reason,
        )

    def each_fen(self, rules: Rules) -> int | None:
        """The most that one of it can cost; None where the chain's rules set no bound. Raises NotOffered."""
        if self.coupon:
            kind = coupon_kind(rules, self.coupon)
            return kind.cap_fen if kind.percent_off else kind.amount_off_fen
        if self.count_card:
            return count_card(rules, self.count_card).price_fen
        redeem = rules.points
        return rounded(self.points or 0, redeem.redeem_fen, redeem.redeem_points)


class Giving(NamedTuple):
    """What is given, why, and on whose word."""

    gift: Gift
    reason: str
    by: Stamp
