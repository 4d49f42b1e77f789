"""The member's own side: log in with WeChat, the profile, the phone, the code to show at a till."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import msgspec

from chalicelib.access.edge import Routes, gate, stamp
from chalicelib.access.model import MEMBER, PUBLIC, Caller
from chalicelib.access.service import MEMBER_LIVES_S
from chalicelib.adapters import upstream
from chalicelib.adapters.http import Answer, At, Call, at
from chalicelib.kernel.errors import NotAllowed, NotAuthenticated, Text, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.api.views import Consents, MemberView, PersonName, member_view
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.refusals import BalanceTooHigh, CardFull
from chalicelib.ledger.service import Card
from chalicelib.members.model import CardLost, EditedMeanwhile, MemberMoved, PhoneBoundElsewhere
from chalicelib.members.service import own

if TYPE_CHECKING:
    from chalicelib.adapters.wechat import WeChat

routes = Routes(__name__)
T = TypeVar("T")
_DAY_S = 86_400

WeChatCode = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class WeChatCodeSpent(NotAuthenticated):
    """WeChat does not take the code: codes are good once, for five minutes."""

    code = "wechat_code_invalid"
    title = Text("微信登录码无效或已用过", "The WeChat code is wrong or was used")
    hint = Text("请重新获取后再试。", "Get a new one from WeChat and try again.")


class WeChatBlocked(NotAllowed):
    """WeChat holds the account for a risk and lets it log in nowhere."""

    code = "wechat_account_blocked"
    title = Text("微信暂不允许该账号登录", "WeChat does not let this account log in")
    hint = Text(
        "请在微信里查看账号状态，或到门店办理。",
        "See the account's state in WeChat, or ask at a store.",
    )


class WeChatAway(TryAgain):
    """WeChat does not answer; the code may be spent, so a new one is needed."""

    code = "wechat_unavailable"
    title = Text("微信暂时没有响应", "WeChat does not answer just now")
    hint = Text(
        "请稍后重新获取登录码再试。", "Get a new code from WeChat in a moment and try again."
    )


class CodeRequest(msgspec.Struct, forbid_unknown_fields=True):
    code: WeChatCode


class MemberSession(msgspec.Struct):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    member: MemberView


class ProfileChange(msgspec.Struct, forbid_unknown_fields=True):
    """Only what is given changes; an empty name or address removes it."""

    name: PersonName | None = None
    email: (
        Annotated[str, msgspec.Meta(pattern=r"^([^@\s<>]{1,64}@[^@\s<>]{1,180}|)$(?!\n)")] | None
    ) = None
    language: Literal["zh-CN", "en"] | None = None
    consents: Consents | None = None


class MemberCode(msgspec.Struct):
    """Digits to show as a bar code or QR code, good for `expires_in` seconds; and the signed card for a till without a
    line, to keep on the phone and show as a QR code when the member's own line is down too.
    """

    code: str
    expires_in: int
    offline_card: str
    offline_card_expires_at: At


@routes.declare(
    "POST",
    "/v1/member-sessions",
    needs=PUBLIC,
    takes=CodeRequest,
    answers={201: MemberSession},
    raises=(WeChatCodeSpent, WeChatBlocked, WeChatAway),
)
def post_member_session(call: Call, body: CodeRequest) -> Answer:
    """Log in with the code of `wx.login`; a WeChat account seen for the first time becomes a new member."""
    desk = ledger()
    openid = _asked(lambda: _wechat().open_id(body.code)).openid
    by = Stamp("wechat login", "member", call.origin, call.request_id)
    member_id = desk.members.log_in(openid, by)
    return Answer(_session(desk.card(member_id, consistent=True)), status=201)


@routes.declare("GET", "/v1/me", needs=MEMBER, answers={200: MemberView}, raises=(MemberMoved,))
def get_me(call: Call) -> MemberView:
    """The member's own profile and balances."""
    return member_view(_mine(call), open_phone=True)


@routes.declare(
    "PATCH",
    "/v1/me",
    needs=MEMBER,
    takes=ProfileChange,
    answers={200: MemberView},
    raises=(MemberMoved, EditedMeanwhile),
)
def patch_me(call: Call, body: ProfileChange) -> MemberView:
    """Change name, e-mail, language or consents."""
    card = _mine(call, to_change=True)
    changed = ledger().members.change(
        card.member,
        name=body.name,
        email=body.email,
        language=body.language,
        consents=body.consents.said() if body.consents else {},
        by=stamp(call),
    )
    return member_view(card._replace(member=changed), open_phone=True)


@routes.declare(
    "PUT",
    "/v1/me/phone",
    needs=MEMBER,
    takes=CodeRequest,
    answers={200: MemberSession},
    raises=(
        WeChatCodeSpent,
        WeChatBlocked,
        WeChatAway,
        PhoneBoundElsewhere,
        EditedMeanwhile,
        MemberMoved,
        BalanceTooHigh,
        CardFull,
    ),
)
def put_my_phone(call: Call, body: CodeRequest) -> MemberSession:
    """Bind the phone that WeChat verified. Who registered it at a counter before, and this member, are one from now
    on: use the new token.
    """
    desk = ledger()
    member = _mine(call, to_change=True).member
    number = _asked(lambda: _wechat().phone_number(body.code, member.openid or ""))
    member_id = desk.members.bind_phone(member, number, desk, stamp(call))
    return _session(desk.card(member_id, consistent=True))


@routes.declare(
    "GET", "/v1/me/code", needs=MEMBER, answers={200: MemberCode}, raises=(MemberMoved, CardLost)
)
def get_my_code(call: Call) -> MemberCode:
    """The rotating code that names the member to a till, and the card for a till without a line."""
    desk, mine = ledger(), _mine(call)
    code, expires_in_s = desk.members.code(mine.member)
    rule = desk.rules().offline
    text, ends_at = desk.members.offline_card(
        mine.member,
        tier=mine.standing.tier,
        trust_fen=min(rule.trust_fen, max(0, mine.account.balance_fen)),
        lives_s=rule.card_days * _DAY_S,
    )
    return MemberCode(code, expires_in_s, text, at(ends_at))


def _mine(call: Call, *, to_change: bool = False) -> Card:
    caller: Caller = call.caller
    card = ledger().card(caller.who, consistent=to_change)
    own(card.member, caller.who)
    return card


def _session(card: Card) -> MemberSession:
    token = gate().member_session(card.member.member_id)
    return MemberSession(token, "Bearer", MEMBER_LIVES_S, member_view(card, open_phone=True))


def _wechat() -> "WeChat":
    """Raises WeChatAway where no mini program is configured."""
    from chalicelib.adapters.wechat import wechat  # noqa: PLC0415 - a till's call never needs it

    configured = wechat()
    if configured is None:
        raise WeChatAway
    return configured


def _asked(call_wechat: Callable[[], T]) -> T:
    """Raises WeChatCodeSpent, WeChatBlocked, or WeChatAway for all that is not the caller's to mend."""
    try:
        return call_wechat()
    except upstream.Refused as refused:
        if refused.kind == "code":
            raise WeChatCodeSpent from refused
        if refused.kind == "user":
            raise WeChatBlocked from refused
        raise WeChatAway from refused
    except upstream.UpstreamError as error:
        raise WeChatAway from error
