"""Spends: a PUT on a name that the store chose."""

from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import Caller, LimitExceeded, PermissionDenied, demand, hold_to
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import NotFound
from chalicelib.ledger.api.order_views import SpendView, spend_view
from chalicelib.ledger.api.posting import RAISES, asked, new_name, posted
from chalicelib.ledger.api.views import RefusedView
from chalicelib.ledger.model import spends
from chalicelib.ledger.model.asked import OrderName, SpendRequest
from chalicelib.ledger.model.refusals import (
    BalanceTooLow,
    CardFull,
    CountCardNotUsable,
    CouponNotUsable,
    CouponValueDiffers,
    PointsPayNothing,
    PointsTooLow,
)
from chalicelib.members.model import CardLost

routes = Routes(__name__)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/spends/{out_trade_no}",
    needs="spend:create",
    takes=SpendRequest,
    answers={201: SpendView, 200: SpendView},
    raises=(
        *RAISES,
        BalanceTooLow,
        PointsTooLow,
        PointsPayNothing,
        CouponNotUsable,
        CouponValueDiffers,
        CountCardNotUsable,
        CardLost,
        CardFull,
        LimitExceeded,
        PermissionDenied,
    ),
)
def put_spend(call: Call, store_id: str, out_trade_no: OrderName, body: SpendRequest) -> Answer:
    """Take a spend under the store's own name for it; the same again answers the same and takes nothing."""
    caller: Caller = call.caller

    def within(percent: int) -> None:
        if percent:
            demand(caller, "discount:give")
            hold_to(caller, discount_percent=percent)

    posting = spends.asked(
        store_of(call, store_id),
        new_name(out_trade_no),
        body,
        till_id=caller.till_id,
        within=within,
    )
    return posted(call, body.member_id, posting, body, spend_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/spends/{out_trade_no}",
    needs="ledger:read",
    answers={200: SpendView | RefusedView},
    raises=(NotFound,),
)
def get_spend(_call: Call, store_id: str, out_trade_no: OrderName) -> object:
    """What came of a name: for a till that got no answer."""
    return asked(store_id, "spend", out_trade_no, spend_view)
