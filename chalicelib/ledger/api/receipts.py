"""A spend's receipt, for a thermal printer."""

import msgspec

from chalicelib.access.edge import Routes, gate
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel import slip
from chalicelib.kernel.errors import InvalidRequest, NotFound
from chalicelib.ledger.api.posting import order_name
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.asked import OrderName
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.templates import receipt

routes = Routes(__name__)


class Printing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Millimetres of paper."""

    width: slip.Width = 80


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/spends/{out_trade_no}/receipt",
    needs="ledger:read",
    asks=Printing,
    answers={200: str},
    raises=(InvalidRequest, NotFound),
    content_type=slip.CONTENT_TYPE,
)
def get_spend_receipt(
    call: Call, store_id: str, out_trade_no: OrderName, query: Printing
) -> Answer:
    """A spend as a page for a thermal printer, 58 or 80 mm wide, with what was refunded of it so far."""
    order = ledger().order(store_id, "spend", order_name(out_trade_no))
    if order.entry is None:
        raise NotFound
    sold = Sold.of(order, order.entry)
    page = receipt.Printed(sold, gate().store(store_id), english=call.english).page(query.width)
    return Answer(page, content_type=slip.CONTENT_TYPE, headers=slip.HEADERS)
