"""A subscriber: by which channel, about what, since when; and what becomes of one who cannot be reached."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.kernel.turns import Turn
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import Language

Channel = Literal["email", "sms", "webhook", "wechat", "wecom"]
What = Literal["ask", "guess"]  # what is counted by where it comes from
SHARDS = (
    64  # how many jobs of one notice may run side by side; never changed, or nobody is found again
)
CONFIRM_WITHIN = timedelta(days=7)
CODE_WITHIN = timedelta(minutes=10)
MOST_GUESSES = 5  # at one code
KEPT_ASIDE = timedelta(days=90)
_FAILING_FOR = timedelta(hours=1)
_MOST_FAILURES = 10


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody wants to hear of; an empty range is everything."""

    component_ids: tuple[str, ...] = ()
    store_ids: tuple[str, ...] = ()

    def wants(self, notice: Notice) -> bool:
        return _meets(self.component_ids, notice.component_ids) and _meets(
            self.store_ids, notice.store_ids
        )

    def joined(self, other: "Scope") -> "Scope":
        """At least what either of them is."""
        return Scope(
            _joined(self.component_ids, other.component_ids),
            _joined(self.store_ids, other.store_ids),
        )


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept sealed. `secret` signs what a webhook is sent."""

    address: str
    secret: str = ""

    def __repr__(self) -> str:
        return "Contact(…)"


class Failing(msgspec.Struct, frozen=True):
    """How often telling failed since `since`, within an hour."""

    since: datetime
    times: int

    @property
    def too_often(self) -> bool:
        return self.times >= _MOST_FAILURES


class Aside(msgspec.Struct, frozen=True):
    """Told no more since then. `why`: the code with which their address was refused, `failing`, or `operator`."""

    since: datetime
    why: str


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """The id is a keyed hash of channel and address: the same address by the same channel is one subscriber."""

    subscriber_id: str
    channel: Channel
    contact: Contact
    scope: Scope
    language: Language
    since: datetime
    nonce: str = ""
    failing: Failing | None = None
    aside: Aside | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Staff, who are told as the subscriber of that id is."""

    name: str
    title: str
    scope: Scope
    subscriber_id: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription that its address has not confirmed; `nonce` goes into the link that does.

    `leaving`: there is one, and its address is to confirm that it is to end.
    """

    subscriber_id: str
    channel: Channel
    contact: Contact
    scope: Scope
    language: Language
    nonce: str
    asked_at: datetime
    letters: int
    tries: int
    turn: Turn
    version: int
    leaving: bool = False


def shard_of(subscriber_id: str) -> int:
    return int(subscriber_id[:8], 16) % SHARDS


def failed_again(failing: Failing | None, now: datetime) -> Failing:
    if failing is None or now - failing.since > _FAILING_FOR:
        return Failing(now, 1)
    return Failing(failing.since, failing.times + 1)


def _meets(wanted: tuple[str, ...], touched: tuple[str, ...]) -> bool:
    return not wanted or not touched or not set(wanted).isdisjoint(touched)


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other})) if one and other else ()
