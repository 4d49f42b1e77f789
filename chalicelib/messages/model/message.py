"""One message, the attempts to bring it to its member, and the decisions on the way."""

import re
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.kernel.errors import NotFound

ChannelName = Literal["sms", "wechat", "email"]
CHANNELS: tuple[ChannelName, ...] = ("sms", "wechat", "email")
State = Literal[
    "created",  # nobody has tried yet
    "sending",  # somebody is trying; `due_at` is when the claim has run out
    "retrying",  # the provider took nothing; tried again at `due_at`
    "unknown",  # a provider may have taken it; with `due_at` it is still being asked after
    "sent",  # a provider accepted it
    "delivered",  # the carrier says that the handset has it
    "failed",  # every channel said no; the inbox has it
    "inbox",  # there was no channel to try; the inbox has it
]
AttemptState = Literal[
    "calling", "accepted", "delivered", "refused", "undelivered", "unreachable", "unknown",
    "not_taken",  # unknown at first, then the provider knew nothing of it
    "unresolved",  # unknown for good: the provider cannot tell
]  # fmt: skip
Kind = Literal["spend", "top_up"]
KINDS: tuple[Kind, ...] = ("spend", "top_up")


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """`reference` is ours and goes with the call, `provider_ref` theirs; `to` is masked."""

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


class Decision(msgspec.Struct, frozen=True):
    """Why a channel was left: `no_phone`, `no_consent`, `no_quota`, `refused:number`, `unreachable` and the like."""

    at: datetime
    channel: ChannelName
    reason: str


class Facts(msgspec.Struct, frozen=True):
    """What the message tells; taken from the ledger entry, never changed."""

    kind: Kind
    entry_id: str
    store_id: str
    store_name: str
    order_name: str
    amount_fen: int
    balance_after_fen: int
    booked_at: datetime
    bonus_fen: int = 0


class Message(msgspec.Struct, frozen=True):
    """`version` counts the changes: who changes it names the version that it read.

    The row itself is the in-app inbox: a member has the message from the moment that it is created.
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

    @property
    def channel(self) -> ChannelName | None:
        """Over which channel it went, or may have gone."""
        reached = {"accepted", "delivered", "unknown", "unresolved"}
        return next((one.channel for one in reversed(self.attempts) if one.state in reached), None)

    @property
    def last(self) -> Attempt:
        return self.attempts[-1]


class Key(NamedTuple):
    """Where a message lies; its id says it."""

    member_id: str
    ulid: str


_ULID = "[0-9A-HJKMNP-TV-Z]{26}"
_MESSAGE_ID = re.compile(f"({_ULID})-({_ULID})")


def key_of(message_id: str) -> Key:
    """Raises NotFound for what cannot be the id of a message."""
    found = _MESSAGE_ID.fullmatch(message_id)
    if found is None:
        raise NotFound
    return Key(found[1], found[2])
