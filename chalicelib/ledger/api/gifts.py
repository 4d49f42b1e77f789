"""What is given, put right, or handed from member to member; and what becomes of a lost card."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp, store_of
from chalicelib.access.model import Caller
from chalicelib.adapters.http import Answer, Call
from chalicelib.adapters.tables import Transaction
from chalicelib.kernel.errors import NotFound, invalid
from chalicelib.kernel.money import MOST_FEN, PositiveFen
from chalicelib.kernel.words import Reason
from chalicelib.ledger.api.order_views import PostingView, posting_view
from chalicelib.ledger.api.posting import RAISES, answered, asked, new_name, posted
from chalicelib.ledger.api.views import RefusedView
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.asked import EntryId, MemberId, OrderName, fingerprint
from chalicelib.ledger.model.gifts import (
    CardLostNotice,
    CardReplaced,
    Correction,
    Grant,
    TransferOut,
)
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    BalanceTooLow,
    CardFull,
    NotOffered,
    PointsTooLow,
    SameMember,
)
from chalicelib.ledger.model.rules import Word

routes = Routes(__name__)
Points = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Signed = Annotated[int, msgspec.Meta(ge=-MOST_FEN, le=MOST_FEN)]


class GrantRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of a coupon, a count card, both by the chain's word for it, and points."""

    member_id: MemberId
    reason: Reason
    coupon: Word | None = None
    count_card: Word | None = None
    points: Points | None = None


class CorrectionRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`corrects` is the entry that was wrong; what is given here is added, or taken where below zero."""

    member_id: MemberId
    corrects: EntryId
    reason: Reason
    balance_fen: Signed = 0
    points: Signed = 0


class TransferRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """All of the balance where no amount is given."""

    from_member_id: MemberId
    to_member_id: MemberId
    reason: Reason
    amount_fen: PositiveFen | None = None


class CardReportRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`lost`: the card pays nothing; `found`: it pays again; `replaced`: a new number, the old one opens none."""

    member_id: MemberId
    what: Literal["lost", "found", "replaced"]
    reason: Reason


class CardReportView(msgspec.Struct):
    """The card as it is now."""

    entry_id: str
    what: str
    member_id: str
    card_no: str
    message_id: str


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/grants/{out_grant_no}",
    needs="grant:create",
    takes=GrantRequest,
    answers={201: PostingView, 200: PostingView},
    raises=(*RAISES, NotOffered, CardFull),
)
def put_grant(call: Call, store_id: str, out_grant_no: OrderName, body: GrantRequest) -> Answer:
    """Give a member a coupon, a count card or points."""
    given = [name for name in ("coupon", "count_card", "points") if getattr(body, name)]
    if len(given) != 1:
        raise invalid(
            "",
            "coupon、count_card、points 必须且只能给一个",
            "give exactly one of coupon, count_card, points",
        )
    caller: Caller = call.caller
    posting = Grant(
        store=store_of(call, store_id),
        order_name=new_name(out_grant_no),
        coupon=body.coupon,
        count_card=body.count_card,
        points=body.points or 0,
        reason=body.reason,
        till_id=caller.till_id,
    )
    return posted(call, body.member_id, posting, body, posting_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/grants/{out_grant_no}",
    needs="ledger:read",
    answers={200: PostingView | RefusedView},
    raises=(NotFound,),
)
def get_grant(_call: Call, store_id: str, out_grant_no: OrderName) -> object:
    """What came of a grant's name."""
    return asked(store_id, "grant", out_grant_no, posting_view)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/corrections/{out_correction_no}",
    needs="correction:create",
    takes=CorrectionRequest,
    answers={201: PostingView, 200: PostingView},
    raises=(*RAISES, BalanceTooLow, PointsTooLow, BalanceTooHigh, CardFull),
)
def put_correction(
    call: Call, store_id: str, out_correction_no: OrderName, body: CorrectionRequest
) -> Answer:
    """Put right by hand what an entry got wrong; that entry stays as it is."""
    if not body.balance_fen and not body.points:
        raise invalid("", "balance_fen 和 points 至少给一个", "give balance_fen or points")
    if not _is_of(body.corrects, body.member_id):
        raise invalid("/corrects", "该会员没有这笔记录", "the member has no such entry")
    caller: Caller = call.caller
    posting = Correction(
        store=store_of(call, store_id),
        order_name=new_name(out_correction_no),
        corrects=body.corrects,
        balance_fen=body.balance_fen,
        points=body.points,
        reason=body.reason,
        till_id=caller.till_id,
    )
    return posted(call, body.member_id, posting, body, posting_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/corrections/{out_correction_no}",
    needs="ledger:read",
    answers={200: PostingView | RefusedView},
    raises=(NotFound,),
)
def get_correction(_call: Call, store_id: str, out_correction_no: OrderName) -> object:
    """What came of a correction's name."""
    return asked(store_id, "correction", out_correction_no, posting_view)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/transfers/{out_transfer_no}",
    needs="transfer:create",
    takes=TransferRequest,
    answers={201: PostingView, 200: PostingView},
    raises=(*RAISES, BalanceTooLow, BalanceTooHigh, SameMember, CardFull),
)
def put_transfer(
    call: Call, store_id: str, out_transfer_no: OrderName, body: TransferRequest
) -> Answer:
    """Hand balance from one member to another, with its terms; answers the giving side."""
    caller: Caller = call.caller
    posting = TransferOut(
        store=store_of(call, store_id),
        order_name=new_name(out_transfer_no),
        other_id=body.to_member_id,
        amount_fen=body.amount_fen,
        reason=body.reason,
        till_id=caller.till_id,
    )
    taken = ledger().transfer(body.from_member_id, posting, fingerprint(body), stamp(call))
    return answered(taken, posting_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/transfers/{out_transfer_no}",
    needs="ledger:read",
    answers={200: PostingView | RefusedView},
    raises=(NotFound,),
)
def get_transfer(_call: Call, store_id: str, out_transfer_no: OrderName) -> object:
    """What came of a transfer's name."""
    return asked(store_id, "transfer_out", out_transfer_no, posting_view)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/card-reports/{out_report_no}",
    needs="card:replace",
    takes=CardReportRequest,
    answers={201: CardReportView, 200: CardReportView},
    raises=RAISES,
)
def put_card_report(
    call: Call, store_id: str, out_report_no: OrderName, body: CardReportRequest
) -> Answer:
    """Report a card lost or found again, or replace it; what is on it stays the member's."""
    caller: Caller = call.caller
    desk, by = ledger(), stamp(call)
    kind = CardLostNotice if body.what == "lost" else CardReplaced
    posting = kind(
        store=store_of(call, store_id),
        order_name=new_name(out_report_no),
        reason=body.reason,
        till_id=caller.till_id,
    )

    def change_profile(transaction: Transaction) -> None:
        member = desk.card(body.member_id, consistent=True).member
        changes = {
            "lost": desk.members.report_lost,
            "found": desk.members.found_again,
            "replaced": desk.members.replace_card,
        }
        changes[body.what](transaction, member, by)

    taken = desk.take(body.member_id, posting, fingerprint(body), by, change_profile)
    card_no = desk.card(body.member_id, consistent=True).member.card_no
    return answered(
        taken,
        lambda _, entry: CardReportView(
            entry.entry_id, body.what, entry.member_id, card_no, entry.message_id
        ),
    )


def _is_of(entry_id: str, member_id: str) -> bool:
    """Also where the entry is of a member who joined that one."""
    desk = ledger()
    entry = desk.entry(entry_id)
    if entry is None:
        return False
    return desk.card(entry.member_id).member.member_id == desk.card(member_id).member.member_id
