"""Why a message cannot be found: for the people of a store, and for the member."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from chalicelib.access import service as access
from chalicelib.access.edge import Routes
from chalicelib.access.model import MEMBER, Caller, WrongStore, granted_everywhere
from chalicelib.adapters.http import At, Call, at
from chalicelib.kernel import clock
from chalicelib.kernel.errors import InvalidRequest, NotFound, invalid
from chalicelib.kernel.phone import NotAPhone
from chalicelib.kernel.words import CALLER_NAME, STORE_ID
from chalicelib.messages import built
from chalicelib.messages.api.views import EvidenceView, MessageView, evidence_view, message_view
from chalicelib.messages.model.diagnosis import Code, Sure
from chalicelib.messages.model.evidence import Question, What

if TYPE_CHECKING:
    from chalicelib.messages.service.diagnose import Answer, Diagnosis

routes = Routes(__name__)
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
OrderName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME)]
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339")]
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FOR_STAFF: frozenset[What] = frozenset({"till", "provider_down"})
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class DiagnosisRequest(msgspec.Struct, forbid_unknown_fields=True):
    """One of `phone`, `member_id`, `spend_id`, `out_trade_no`; a `phone` beside the last two is the one that the
    member says is theirs.

    `out_trade_no` is looked for at `store_id`, which store staff may leave out: it is theirs. With `phone` or
    `member_id` it is the booking nearest to `about_at`, give or take two hours, at `store_id` where that is named;
    without a time the latest.
    """

    phone: Word | None = None
    member_id: Word | None = None
    spend_id: Word | None = None
    out_trade_no: OrderName | None = None
    store_id: StoreId | None = None
    about_at: Moment | None = None


class MyDiagnosisQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a spend; else of the booking nearest to a time; else of the latest. `store_id` is where the member says it
    was: a till of that store may have been off line.
    """

    spend_id: Word | None = None
    store_id: StoreId | None = None
    about_at: Moment | None = None


class DiagnosisView(msgspec.Struct):
    """`says` tells the one who asks what it is, `next_step` what they can do. `sure`: `certain` follows from what is
    on record, `likely` and `possible` are inferred. By `expected_at` it should be there, or more be known.
    """

    verdict: Code
    sure: Sure
    says: str
    next_step: str
    expected_at: At | None
    message: MessageView | None
    evidence: list[EvidenceView]


@routes.declare(
    "POST",
    "/v1/messages/diagnosis",
    needs="message:search",
    takes=DiagnosisRequest,
    answers={200: DiagnosisView},
    raises=(InvalidRequest, NotAPhone, NotFound, WrongStore),
)
def post_diagnosis(call: Call, body: DiagnosisRequest) -> DiagnosisView:
    """Say why a member cannot find a message, with the evidence and what to do next."""
    _check(body)
    caller: Caller = call.caller
    home = caller.store.store_id if caller.store else None
    if home and body.store_id not in {None, home}:
        raise WrongStore(granted_by=granted_everywhere("message:search"))
    store_id = body.store_id or (home if body.out_trade_no else None)
    if body.out_trade_no and store_id is None:
        raise invalid("/store_id", "请指明门店", "name the store")
    asked = Question(
        spend_id=body.spend_id,
        name=body.out_trade_no,
        phone=body.phone,
        member_id=body.member_id,
        store_id=store_id,
        home=home,
        about=body.about_at,
    )
    return _view(call, _diagnosis().answer(asked), staff=True)


@routes.declare(
    "GET",
    "/v1/me/messages/diagnosis",
    needs=MEMBER,
    asks=MyDiagnosisQuery,
    answers={200: DiagnosisView},
    raises=(InvalidRequest, NotFound),
)
def get_my_diagnosis(call: Call, query: MyDiagnosisQuery) -> DiagnosisView:
    """Say why the member cannot find a message of theirs. Of anybody else's spend nothing is told."""
    _check_moment(query.about_at)
    asked = Question(
        spend_id=query.spend_id,
        member_id=call.caller.who,
        home=query.store_id,
        about=query.about_at,
        own=True,
    )
    return _view(call, _diagnosis().answer(asked), staff=False)


def _diagnosis() -> "Diagnosis":
    from chalicelib.messages.service.diagnose import Diagnosis  # noqa: PLC0415 - seldom asked for

    return Diagnosis(built.finder(), access.stores, clock.now)


def _check(body: DiagnosisRequest) -> None:
    _check_moment(body.about_at)
    named = [one for one in (body.member_id, body.spend_id, body.out_trade_no) if one is not None]
    alone = body.phone is None or body.member_id is None
    if len(named) > 1 or not alone or (not named and body.phone is None):
        raise invalid(
            "",
            "phone、member_id、spend_id、out_trade_no 请给出一项；phone 可以和 spend_id 或 out_trade_no 一起给",
            "give one of phone, member_id, spend_id, out_trade_no; a phone may stand beside spend_id or out_trade_no",
        )


def _check_moment(moment: datetime | None) -> None:
    if moment is not None and not _EARLIEST <= moment < _LATEST:
        raise invalid("/about_at", "时间超出范围", "that is out of range")


def _view(call: Call, answer: "Answer", *, staff: bool) -> DiagnosisView:
    from chalicelib.messages.templates import diagnosis as words  # noqa: PLC0415
    from chalicelib.messages.templates.evidence import evidence  # noqa: PLC0415

    verdict, known = answer
    told = words.told(verdict, known, staff=staff, english=call.english)
    message = known.message
    return DiagnosisView(
        verdict=verdict.code,
        sure=verdict.sure,
        says=told.says,
        next_step=told.then,
        expected_at=at(verdict.expected_at) if verdict.expected_at else None,
        message=message_view(message, english=call.english) if message else None,
        evidence=[
            evidence_view(one, staff=staff, english=call.english)
            for one in evidence(known)
            if staff or one.what not in _FOR_STAFF
        ],
    )
