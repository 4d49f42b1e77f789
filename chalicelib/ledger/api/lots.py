"""What is on a card, lot by lot."""

import msgspec

from chalicelib.access.edge import Routes
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import At, Call, at
from chalicelib.kernel.errors import NotFound
from chalicelib.ledger.api.views import CouponView, coupon_view
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.account import Holding
from chalicelib.ledger.model.asked import MemberId
from chalicelib.ledger.service import Card
from chalicelib.members.model import MemberMoved
from chalicelib.members.service import own

routes = Routes(__name__)


class LotView(msgspec.Struct):
    """`kind` says in what `left` and `given` count: fen, points, times or coupons; a debt is below zero.

    Of stored value, `paid_fen` was paid for `worth_fen` of principal and bonus together.
    """

    lot_id: str
    kind: str
    left: int
    given: int
    paid_fen: int
    worth_fen: int
    expires_at: At | None = None
    title: str | None = None
    coupon: CouponView | None = None


class LotList(msgspec.Struct):
    items: list[LotView]


@routes.declare(
    "GET",
    "/v1/members/{member_id}/lots",
    needs="ledger:read",
    answers={200: LotList},
    raises=(NotFound,),
)
def get_lots(_call: Call, member_id: MemberId) -> LotList:
    """Everything on a member's card that can be used, and what is owed."""
    return _lots(ledger().card(member_id))


@routes.declare("GET", "/v1/me/lots", needs=MEMBER, answers={200: LotList}, raises=(MemberMoved,))
def get_my_lots(call: Call) -> LotList:
    """Everything on the member's own card."""
    card = ledger().card(call.caller.who)
    own(card.member, call.caller.who)
    return _lots(card)


def _lots(card: Card) -> LotList:
    return LotList([_view(one) for one in card.account.holdings])


def _view(one: Holding) -> LotView:
    lot = one.lot
    return LotView(
        lot.lot_id,
        lot.kind,
        one.left,
        lot.given,
        lot.paid_fen,
        lot.worth_fen,
        at(lot.expires_at) if lot.expires_at else None,
        lot.title,
        coupon_view(one) if lot.off else None,
    )
