"""The member, card numbers, and the rules of joining."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.errors import Conflict, NotAuthenticated, Refused, Text

_CARD_DIGITS = 12
_CARD_PREFIX = "6"

CardSlip = Literal["length", "mistyped"]


class Consent(msgspec.Struct, frozen=True):
    """What a member said, when, and where it was asked: `till`, `app`."""

    given: bool
    at: str
    how: str


class Member(msgspec.Struct, frozen=True):
    """A member; `absorbed` are members that were joined into this one, `merged_into` the one that this became."""

    member_id: str
    card_no: str
    created_at: datetime
    phone: str | None = None
    openid: str | None = None
    name: str | None = None
    email: str | None = None
    language: str = "zh-CN"
    consents: Mapping[str, Consent] = msgspec.field(default_factory=dict)
    absorbed: tuple[str, ...] = ()
    merged_into: str | None = None
    card_lost_at: datetime | None = None
    version: int = 0

    def consented(self) -> frozenset[str]:
        return frozenset(name for name, consent in self.consents.items() if consent.given)


def joined_of(source: Member, target: Member) -> Member:
    """What `target` is once `source`, who comes from the app, has joined. Of each consent the later word holds."""
    return replace(
        target,
        openid=source.openid,
        name=target.name or source.name,
        email=target.email or source.email,
        language=source.language,
        consents=_latest(source.consents, target.consents),
        absorbed=(*target.absorbed, *source.absorbed, source.member_id),
        card_lost_at=target.card_lost_at or source.card_lost_at,
    )


def _latest(one: Mapping[str, Consent], other: Mapping[str, Consent]) -> dict[str, Consent]:
    said = sorted([*one.items(), *other.items()], key=lambda each: each[1].at)
    return dict(said)


class Trail(NamedTuple):
    """Where a member's list goes on: in whose items, before which, and whose come after, as members were joined."""

    member_id: str
    before: str | None = None
    then: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Trail":
        then = tuple(filter(None, told["then"].split(",")))
        return cls(told["of"], told.get("before"), then)

    def told(self) -> dict[str, str]:
        told = {"of": self.member_id, "then": ",".join(self.then)}
        return told | ({"before": self.before} if self.before else {})


class PhoneTaken(Conflict):
    """A member of this chain has this phone; `card` is that member, masked."""

    code = "phone_taken"
    title = Text("该手机号已是会员", "A member with this phone exists")
    hint = Text("请直接使用 card 里的会员。", "Use the member in `card`.")


class PhoneBoundElsewhere(Conflict):
    """The member with this phone is tied to another WeChat account."""

    code = "phone_bound_elsewhere"
    title = Text("该手机号已绑定其他微信", "This phone is tied to another WeChat account")
    hint = Text("请用原来的微信登录。", "Log in with that WeChat account.")


class EditedMeanwhile(Conflict):
    """Somebody else changed the member between reading and writing."""

    code = "edited_meanwhile"
    title = Text("资料刚被修改过", "The profile was changed meanwhile")
    hint = Text("请重新读取后再改。", "Read it again, then change it.")


class MemberMoved(NotAuthenticated):
    """The session is of a member who was joined into another: a new log-in leads there."""

    code = "member_moved"
    title = Text("会员已合并，请重新登录", "The member was joined into another: log in again")


class CardLost(Refused):
    """The member's card was reported lost: nobody may use it until it is found or replaced."""

    code = "card_lost"
    title = Text("该会员卡已挂失", "This card was reported lost")
    hint = Text(
        "找回后请到门店解除挂失，或补办新卡；余额和积分都还在。",
        "Ask a store to lift the report once it is found, or to replace the card; what is on it stays.",
    )


def new_card_no() -> str:
    """Twelve digits: a fixed first one, ten random ones, and a check digit (Luhn) that catches slips."""
    body = _CARD_PREFIX + "".join(secrets.choice("0123456789") for _ in range(_CARD_DIGITS - 2))
    return body + luhn(body)


def card_slip(digits: str) -> CardSlip | None:
    """What is wrong with a card number already by its look; the check digit tells of one wrong digit, and of
    neighbours that changed places, but for 0 and 9.
    """
    if len(digits) != _CARD_DIGITS:
        return "length"
    return None if luhn(digits[:-1]) == digits[-1] else "mistyped"


def luhn(body: str) -> str:
    """The check digit that follows `body`."""
    doubled = (
        int(digit) * 2 if at % 2 == 0 else int(digit) for at, digit in enumerate(reversed(body))
    )
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)  # noqa: PLR2004
