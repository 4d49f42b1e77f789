"""Cards at the till: register a member, find one in every way, read one."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import InvalidRequest, NotFound, Text
from chalicelib.kernel.phone import NotAPhone
from chalicelib.ledger.api.views import Consents, MemberView, PersonName, member_view
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.asked import MemberId
from chalicelib.members.model import PhoneTaken
from chalicelib.members.service import TAIL_LIMIT, CardTrouble, Found

routes = Routes(__name__)

PhoneText = Annotated[
    str,
    msgspec.Meta(
        max_length=40,
        description="Spaces, dashes and +86 are forgiven",
        examples=["138 0013 8000"],
    ),
]

_NOBODY = Text("没有找到这位会员。", "No member was found.")
_NEAR = Text(
    "没有找到。有 {near} 位会员的手机号与它只差一位或相邻两位颠倒，请再核对一遍。",
    "None was found. The phones of {near} members differ from it by one digit or one swapped pair: check it again.",
)
_MANY = Text(
    "尾号相同的会员较多，请输入完整手机号。",
    "Many members share this tail: ask for the whole number.",
)
_CODE = Text(
    "会员码无效或已过期，请会员刷新后再扫。",
    "The code is wrong or has expired: ask the member to refresh it.",
)
_CARD: Mapping[CardTrouble, Text] = {
    "length": Text("卡号是 12 位数字，请核对。", "A card number has 12 digits: check it again."),
    "mistyped": Text(
        "卡号输错了：校验位不符，请看是否有一位输错或相邻两位颠倒。",
        "The card number is mistyped, its check digit does not fit: look for one wrong digit or a swapped pair.",
    ),
    "unknown": Text(
        "没有这张卡，请核对卡号，或改用手机号查找。",
        "There is no such card: check its number, or look up the phone.",
    ),
    "replaced": Text(
        "这张卡已补办换号，旧卡不能再用；请出示新卡，或改用手机号查找。",
        "This card was replaced and opens nothing any more: ask for the new one, or look up the phone.",
    ),
}
_LOST = Text(
    "这张卡已挂失，不能使用；请用手机号查找，并核对是否本人。",
    "This card was reported lost and may not be used: look up the phone, and make sure who is asking.",
)


class RegisterRequest(msgspec.Struct, forbid_unknown_fields=True):
    phone: PhoneText
    consents: Consents
    name: PersonName | None = None


class LookupRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly one of the four."""

    phone: PhoneText | None = None
    phone_tail: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")] | None = None
    card_no: Annotated[str, msgspec.Meta(pattern=r"^[0-9 ]{1,24}$(?!\n)")] | None = None
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{18}$(?!\n)")] | None = None


class LookupAnswer(msgspec.Struct):
    """`hint` says what to do where nobody, or too many, were found."""

    items: list[MemberView]
    hint: str | None = None


@routes.declare(
    "POST",
    "/v1/members",
    needs="member:create",
    takes=RegisterRequest,
    answers={201: MemberView},
    raises=(NotAPhone, PhoneTaken),
)
def post_member(call: Call, body: RegisterRequest) -> Answer:
    """Register a member at the counter by phone."""
    desk = ledger()
    try:
        member = desk.members.register(body.phone, body.name, body.consents.said(), stamp(call))
    except PhoneTaken as taken:
        card = member_view(desk.card(taken.values.pop("member_id")))
        taken.values["card"] = msgspec.to_builtins(card)
        raise
    return Answer(member_view(desk.new_card(member)), status=201)


@routes.declare(
    "POST",
    "/v1/members/lookup",
    needs="member:read",
    takes=LookupRequest,
    answers={200: LookupAnswer},
    raises=(NotAPhone, InvalidRequest),
)
def post_lookup(call: Call, body: LookupRequest) -> LookupAnswer:
    """Find members by phone, phone tail, card number or the code that a member shows."""
    found, hint = _find(body)
    cards = ledger().cards(found)
    if (body.card_no or body.code) and any(card.member.card_lost_at for card in cards):
        cards, hint = [], _LOST
    said = None if cards and hint is not _MANY else hint
    text = (said.en if call.english else said.zh).format(near=found.near) if said else None
    return LookupAnswer([member_view(card) for card in cards], text)


@routes.declare(
    "GET",
    "/v1/members/{member_id}",
    needs="member:read",
    answers={200: MemberView},
    raises=(NotFound,),
)
def get_member(_call: Call, member_id: MemberId) -> MemberView:
    """A member's card; one who was joined into another shows as that other."""
    return member_view(ledger().card(member_id))


def _find(body: LookupRequest) -> tuple[Found, Text]:
    """Who was found, and what to say if that is not exactly what was looked for."""
    asked = [name for name in body.__struct_fields__ if getattr(body, name) is not None]
    members = ledger().members
    match asked:
        case ["phone"]:
            found = members.by_phone(body.phone or "")
            return found, _NEAR if found.near else _NOBODY
        case ["phone_tail"]:
            found = members.by_tail(body.phone_tail or "")
            return found, _MANY if len(found.member_ids) >= TAIL_LIMIT else _NOBODY
        case ["card_no"]:
            found = members.by_card((body.card_no or "").replace(" ", ""))
            return found, _CARD[found.trouble or "unknown"]
        case ["code"]:
            found = members.by_code(body.code or "")
            return found, _CARD["replaced"] if found.trouble == "replaced" else _CODE
    which = Text(
        "phone、phone_tail、card_no、code 必须且只能给一个",
        "give exactly one of phone, phone_tail, card_no, code",
    )
    raise InvalidRequest(errors=[{"pointer": "", "detail": which}])
