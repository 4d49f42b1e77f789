"""What all postings share at the edge: a name out of the path, the ledger asked once, the answer with its mark."""

from collections.abc import Callable

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, replayed
from chalicelib.kernel.errors import InvalidRequest, NotFound, TryAgain, invalid
from chalicelib.ledger.api.views import RefusedView
from chalicelib.ledger.built import ledger
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.asked import OrderName, fingerprint
from chalicelib.ledger.model.posting import Order, Posting
from chalicelib.ledger.model.refusals import NameTaken
from chalicelib.ledger.service import Taken
from chalicelib.ledger.service.ledger import Also

RAISES = (InvalidRequest, NotFound, NameTaken, TryAgain)
_OURS = ("held.", "amends.")
View = Callable[[Order, EntryPosted], object]


def order_name(text: str) -> str:
    """Raises InvalidRequest, as a name that is not one could never be found again."""
    try:
        name: str = msgspec.convert(text, OrderName)
    except msgspec.ValidationError as error:
        raise invalid(
            "",
            "单号应为 1 到 64 位字母、数字或 _-|*@.",
            "a name is 1 to 64 letters, digits or _-|*@.",
        ) from error
    return name


def new_name(text: str) -> str:
    """For what a till makes. Raises InvalidRequest also for a name under which the system itself would post."""
    if text.startswith(_OURS):
        raise invalid(
            "",
            "held. 和 amends. 开头的单号由系统使用",
            "names that begin with held. or amends. are the system's",
        )
    return order_name(text)


def posted(  # noqa: PLR0917
    call: Call,
    member_id: str,
    posting: Posting,
    body: msgspec.Struct,
    view: View,
    also: Also | None = None,
) -> Answer:
    """201 the first time, 200 and `Idempotent-Replay` again."""
    return answered(ledger().take(member_id, posting, fingerprint(body), stamp(call), also), view)


def answered(taken: Taken, view: View) -> Answer:
    entry = taken.order.entry
    if entry is None:
        raise NotFound
    headers = replayed(again=not taken.first)
    return Answer(view(taken.order, entry), status=201 if taken.first else 200, headers=headers)


def asked(store_id: str, kind: str, name: str, view: View) -> object:
    """What came of a name. Raises NotFound."""
    order = ledger().order(store_id, kind, order_name(name))
    return view(order, order.entry) if order.entry else refused(order)


def refused(order: Order) -> RefusedView:
    code = order.refusal.code if order.refusal else "refused"
    return RefusedView("refused", order.store_id, order.name, code)
