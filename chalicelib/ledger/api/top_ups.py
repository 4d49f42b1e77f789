"""Money that comes onto a card, count cards that are sold, and what is paid back of both."""

import msgspec

from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import Caller, LimitExceeded, hold_to
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound, invalid
from chalicelib.kernel.money import Fen, PositiveFen
from chalicelib.kernel.words import Reason
from chalicelib.ledger.api.order_views import (
    CardSaleView,
    TopUpRefundView,
    TopUpView,
    card_sale_view,
    top_up_refund_view,
    top_up_view,
)
from chalicelib.ledger.api.posting import RAISES, asked, new_name, posted
from chalicelib.ledger.api.views import RefusedView
from chalicelib.ledger.built import ledger
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model import top_ups
from chalicelib.ledger.model.asked import EntryId, MemberId, OrderName, Tender
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    BonusNotGranted,
    CardFull,
    NothingLeft,
    NotOffered,
)
from chalicelib.ledger.model.rules import Word
from chalicelib.ledger.model.top_ups import CardSale, TopUp, TopUpRefund

routes = Routes(__name__)
REFUNDABLE = (*top_ups.BOUGHT, "refund", "void")  # the last two put back what had been owed


class TopUpRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Left out, `bonus_fen` is what the chain's rules give."""

    member_id: MemberId
    paid_fen: PositiveFen
    method: Tender
    bonus_fen: Fen = 0


class TopUpAsked(msgspec.Struct, forbid_unknown_fields=True):
    member_id: MemberId
    paid_fen: PositiveFen


class TopUpOffer(msgspec.Struct):
    """`rule` is the chain's rule that gives the bonus."""

    paid_fen: int
    bonus_fen: int
    rule: str | None
    balance_after_fen: int


class CardSaleRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`count_card` is the chain's word for it; it says the price."""

    member_id: MemberId
    count_card: Word
    method: Tender


class TopUpRefundRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What was bought, by its name or by the `entry_id` of the quote; `member_id` has it now, if not the buyer."""

    reason: Reason
    out_top_up_no: OrderName | None = None
    out_sale_no: OrderName | None = None
    entry_id: EntryId | None = None
    member_id: MemberId | None = None


class QuoteView(msgspec.Struct):
    """What would be paid back for what is left (`left`: fen, or times of a count card)."""

    entry_id: str
    kind: str
    left: int
    paid_fen: int
    back_fen: int


class QuoteList(msgspec.Struct):
    items: list[QuoteView]
    total_back_fen: int


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/top-ups/{out_top_up_no}",
    needs="top_up:create",
    takes=TopUpRequest,
    answers={201: TopUpView, 200: TopUpView},
    raises=(*RAISES, BalanceTooHigh, BonusNotGranted, CardFull),
)
def put_top_up(call: Call, store_id: str, out_top_up_no: OrderName, body: TopUpRequest) -> Answer:
    """Put money on a member's card, with what the store gives on top."""
    caller: Caller = call.caller
    posting = TopUp(
        store=store_of(call, store_id),
        order_name=new_name(out_top_up_no),
        paid=Payment(body.method, body.paid_fen),
        bonus_fen=body.bonus_fen,
        free=caller.may("bonus:give"),
        till_id=caller.till_id,
    )
    return posted(call, body.member_id, posting, body, top_up_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/top-ups/{out_top_up_no}",
    needs="ledger:read",
    answers={200: TopUpView | RefusedView},
    raises=(NotFound,),
)
def get_top_up(_call: Call, store_id: str, out_top_up_no: OrderName) -> object:
    """What came of a top-up's name."""
    return asked(store_id, "top_up", out_top_up_no, top_up_view)


@routes.declare(
    "POST",
    "/v1/stores/{store_id}/top-up-quotes",
    needs="top_up:create",
    takes=TopUpAsked,
    answers={200: TopUpOffer},
    raises=(NotFound,),
)
def post_top_up_quote(call: Call, store_id: str, body: TopUpAsked) -> TopUpOffer:
    """What the chain's rules would give this member on top; nothing is written."""
    store_of(call, store_id)
    desk = ledger()
    account = desk.card(body.member_id).account
    rule = top_ups.granted(account, desk.rules(), body.paid_fen, clock.now())
    bonus_fen = rule.bonus_fen if rule else 0
    after_fen = account.balance_fen + body.paid_fen + bonus_fen
    return TopUpOffer(body.paid_fen, bonus_fen, rule.name if rule else None, after_fen)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/card-sales/{out_sale_no}",
    needs="top_up:create",
    takes=CardSaleRequest,
    answers={201: CardSaleView, 200: CardSaleView},
    raises=(*RAISES, NotOffered, CardFull),
)
def put_card_sale(
    call: Call, store_id: str, out_sale_no: OrderName, body: CardSaleRequest
) -> Answer:
    """Sell a count card at the chain's price."""
    caller: Caller = call.caller
    posting = CardSale(
        store=store_of(call, store_id),
        order_name=new_name(out_sale_no),
        count_card=body.count_card,
        method=body.method,
        till_id=caller.till_id,
    )
    return posted(call, body.member_id, posting, body, card_sale_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/card-sales/{out_sale_no}",
    needs="ledger:read",
    answers={200: CardSaleView | RefusedView},
    raises=(NotFound,),
)
def get_card_sale(_call: Call, store_id: str, out_sale_no: OrderName) -> object:
    """What came of a card sale's name."""
    return asked(store_id, "card_sale", out_sale_no, card_sale_view)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/top-up-refunds/{out_refund_no}",
    needs="top_up:refund",
    takes=TopUpRefundRequest,
    answers={201: TopUpRefundView, 200: TopUpRefundView},
    raises=(*RAISES, NothingLeft, LimitExceeded),
)
def put_top_up_refund(
    call: Call, store_id: str, out_refund_no: OrderName, body: TopUpRefundRequest
) -> Answer:
    """Pay back what is left of a top-up or count card: by paid ÷ (paid + bonus); all, within seven days unused."""
    caller: Caller = call.caller
    bought, member_id = _bought(store_id, body)
    posting = TopUpRefund(
        store=store_of(call, store_id),
        order_name=new_name(out_refund_no),
        bought=bought,
        within=lambda back_fen: hold_to(caller, refund_fen=back_fen, refunding="top_up:refund"),
        reason=body.reason,
        till_id=caller.till_id,
    )
    return posted(call, member_id, posting, body, top_up_refund_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/top-up-refunds/{out_refund_no}",
    needs="ledger:read",
    answers={200: TopUpRefundView | RefusedView},
    raises=(NotFound,),
)
def get_top_up_refund(_call: Call, store_id: str, out_refund_no: OrderName) -> object:
    """What came of the name of a top-up's refund."""
    return asked(store_id, "top_up_refund", out_refund_no, top_up_refund_view)


@routes.declare(
    "GET",
    "/v1/members/{member_id}/refund-quote",
    needs="ledger:read",
    answers={200: QuoteList},
    raises=(NotFound,),
)
def get_refund_quote(_call: Call, member_id: MemberId) -> QuoteList:
    """What would be paid back for all that a member has not used, by what was paid for it."""
    quotes = top_ups.quotes(ledger().card(member_id).account)
    items = [QuoteView(q.entry_id, q.kind, q.left, q.paid_fen, q.back_fen) for q in quotes]
    return QuoteList(items, sum(item.back_fen for item in items))


def _bought(store_id: str, body: TopUpRefundRequest) -> tuple[Order, str]:
    """What was bought, and who has it now. Raises InvalidRequest, NotFound."""
    named = [body.out_top_up_no, body.out_sale_no, body.entry_id]
    if sum(each is not None for each in named) != 1:
        raise invalid(
            "",
            "out_top_up_no、out_sale_no、entry_id 必须且只能给一个",
            "give exactly one of out_top_up_no, out_sale_no, entry_id",
        )
    desk = ledger()
    if body.entry_id:
        order = desk.order_of(body.entry_id)
    elif body.out_top_up_no:
        order = desk.order(store_id, "top_up", body.out_top_up_no)
    else:
        order = desk.order(store_id, "card_sale", body.out_sale_no or "")
    if order.entry is None or order.kind not in REFUNDABLE:
        raise NotFound
    return order, body.member_id or order.entry.member_id
