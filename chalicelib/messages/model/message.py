"""One message, the attempts to bring it to its member, and the decisions on the way."""

import re
from datetime import datetime
from typing import Literal, NamedTuple, get_args

import msgspec

from chalicelib.kernel.errors import NotFound

ChannelName = Literal["sms", "wechat", "email"]
CHANNELS: tuple[ChannelName, ...] = ("sms", "wechat", "email")
State = Literal[
    "created",  # nobody has tried yet
    "sending",  # somebody is trying; `due_at` is when the claim has run out
    "retrying",  # the provider took nothing; tried again at `due_at`
    "waiting",  # no channel is open now, and one will be at `due_at`
    "unknown",  # a provider may have taken it; with `due_at` it is still being asked after
    "sent",  # a provider accepted it; with `due_at` it is asked then what the carrier said
    "delivered",  # the carrier says that the handset has it
    "failed",  # every channel said no; the inbox has it
    "inbox",  # there was no channel to try; the inbox has it
]
AttemptState = Literal[
    "calling", "accepted", "delivered", "refused", "undelivered", "unreachable", "unknown",
    "not_taken",  # unknown at first, then the provider knew nothing of it
    "unresolved",  # unknown for good: the provider cannot tell
    "no_receipt",  # accepted, and for 72 hours nobody has said what became of it
]  # fmt: skip
Kind = Literal[
    "spend", "top_up", "refund", "void", "top_up_refund", "card_sale", "grant", "correction",
    "transfer_out", "transfer_in", "expiry", "expiry_notice", "card_lost", "card_replaced",
    "outage",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
OF_NO_STORE: tuple[Kind, ...] = ("expiry", "expiry_notice")
OF_NO_ENTRY: tuple[Kind, ...] = ("outage",)  # head office tells of it, and nothing was booked
OF_STORES: tuple[Kind, ...] = tuple(
    kind for kind in KINDS if kind not in {*OF_NO_STORE, *OF_NO_ENTRY}
)
NAMED: tuple[Kind, ...] = tuple(kind for kind in OF_STORES if kind != "transfer_in")  # by a till


class Template(msgspec.Struct, frozen=True, omit_defaults=True):
    """The words that went out: the version of ours, the language, and which template of the provider's they were in."""

    version: int
    language: Literal["zh", "en"] = "zh"
    template_id: str | None = None


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """`reference` is ours and goes with the call, `provider_ref` theirs; `to` is masked.

    `code` is what the provider answered; `report_code` what the carrier reported, in its own word, at `reported_at`.
    `kind` is the class of the one or the other, whichever ended the attempt. `template` is None on rows from before.
    """

    n: int
    channel: ChannelName
    provider: str
    reference: str
    to: str
    started_at: datetime
    state: AttemptState = "calling"
    ended_at: datetime | None = None
    provider_ref: str | None = None
    code: str | None = None
    kind: str | None = None
    reported_at: datetime | None = None
    report_code: str | None = None
    template: Template | None = None


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a channel was left: `no_phone`, `no_consent`, `no_quota`, `refused:number`, `unreachable` and the like.

    With `provider` only that one of the channel's providers was left. `code` is what a report said that contradicts
    what was known.
    """

    at: datetime
    channel: ChannelName
    reason: str
    provider: str | None = None
    code: str | None = None


class Resend(msgspec.Struct, frozen=True):
    """Somebody had it sent again over `channels`: what was tried and decided there before closes them no more.

    `attempts` and `decisions` are how many there were; `who` is an id and `reason` what the caller gave.
    """

    at: datetime
    who: str
    role: str
    reason: str
    channels: tuple[ChannelName, ...]
    attempts: int
    decisions: int


class Lately(NamedTuple):
    """What happened over each channel since it was opened again; all, where it never was."""

    attempts: tuple[Attempt, ...]
    decisions: tuple[Decision, ...]


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the message tells; taken from the ledger entry, never changed. New fields have defaults: old rows lack them.

    `delta_fen` and `points` are what the entry did to balance and points; of a notice `points` are those that end.
    `coupons` and `times` (of count cards) were given, used, given back or lost, `title` is theirs where it is one.
    `happened_at` is the time of a sale that was booked later.
    """

    kind: Kind
    entry_id: str
    store_id: str
    store_name: str
    order_name: str
    amount_fen: int
    balance_after_fen: int
    booked_at: datetime
    bonus_fen: int = 0
    delta_fen: int = 0
    points: int = 0
    points_after: int = 0
    coupons: int = 0
    times: int = 0
    title: str | None = None
    ends_at: datetime | None = None
    happened_at: datetime | None = None


class Message(msgspec.Struct, frozen=True):
    """`version` counts the changes: who changes it names the version that it read.

    The row itself is the in-app inbox: a member has the message from the moment that it is created. Over each of the
    channels `also` goes a copy of it, with an id and a course of its own, and so not this one.
    """

    message_id: str
    member_id: str
    facts: Facts
    created_at: datetime
    updated_at: datetime
    state: State = "created"
    version: int = 1
    due_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    decisions: tuple[Decision, ...] = ()
    resends: tuple[Resend, ...] = ()
    also: tuple[ChannelName, ...] = ()

    @property
    def beside(self) -> ChannelName | None:
        """Of a copy, the one channel that it goes over."""
        return _beside_in(self.message_id)

    @property
    def channels(self) -> tuple[ChannelName, ...]:
        """Those that it may take."""
        if self.beside:
            return (self.beside,)
        return tuple(channel for channel in CHANNELS if channel not in self.also)

    @property
    def lately(self) -> Lately:
        since = {channel: resend for resend in self.resends for channel in resend.channels}
        if not since:
            return Lately(self.attempts, self.decisions)
        tried = {channel: resend.attempts for channel, resend in since.items()}
        decided = {channel: resend.decisions for channel, resend in since.items()}
        return Lately(
            tuple(one for one in self.attempts if one.n > tried.get(one.channel, 0)),
            tuple(one for n, one in enumerate(self.decisions) if n >= decided.get(one.channel, 0)),
        )

    @property
    def asked_at(self) -> datetime:
        """When somebody last wanted it sent."""
        return self.resends[-1].at if self.resends else self.created_at

    @property
    def channel(self) -> ChannelName | None:
        """Over which channel it went, or may have gone."""
        reached = {"accepted", "delivered", "unknown", "unresolved", "no_receipt"}
        return next((one.channel for one in reversed(self.attempts) if one.state in reached), None)

    @property
    def last(self) -> Attempt:
        return self.attempts[-1]


class Key(NamedTuple):
    """Where a message lies, or the copy of it that goes `beside` it over a channel; its id says it."""

    member_id: str
    ulid: str
    beside: ChannelName | None = None


_ULID = "[0-9A-HJKMNP-TV-Z]{26}"
_MESSAGE_ID = re.compile(rf"({_ULID})-({_ULID})(?:\.({'|'.join(CHANNELS)}))?")


def is_message_id(text: str) -> bool:
    return _MESSAGE_ID.fullmatch(text) is not None


def key_of(message_id: str) -> Key:
    """Raises NotFound for what cannot be the id of a message."""
    found = _MESSAGE_ID.fullmatch(message_id)
    if found is None:
        raise NotFound
    return Key(found[1], found[2], _beside_in(message_id))


def _beside_in(message_id: str) -> ChannelName | None:
    name = message_id.partition(".")[2]
    return next((channel for channel in CHANNELS if channel == name), None)


def copies_of(message: Message) -> list[Message]:
    """As they are made with it, one for each channel that it goes also over."""
    names = copy_ids(message)
    return [msgspec.structs.replace(message, message_id=name, also=()) for name in names]


def copy_ids(message: Message) -> list[str]:
    return [f"{message.message_id}.{channel}" for channel in message.also]
