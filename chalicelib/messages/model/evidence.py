"""What is known when somebody asks why a message cannot be found."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from chalicelib.kernel.errors import Text
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages.model.choice import Contact
from chalicelib.messages.model.message import Message
from chalicelib.outages.model.components import Part

ABOUT = timedelta(hours=2)  # how far people are off when they say when it was
Lacking = Literal["member", "spend", "booking"]
What = Literal[
    "phones_near", "order_refused", "held", "till", "booked", "made", "attempt", "report", "left",
    "phone_now", "consent", "resent", "looked_at_next", "provider_down", "incident",
]  # fmt: skip


class Question(NamedTuple):
    """By `spend_id`, by `name` and `store_id`, by `phone` or by `member_id`, each about a time or the latest.

    A `phone` beside a spend is the one that its member is said to have. `store_id` narrows the others to one store;
    `home` is the store of who asks, None for the whole chain. With `own` only what is that member's is looked at.
    """

    spend_id: str | None = None
    name: str | None = None
    phone: str | None = None
    member_id: str | None = None
    store_id: str | None = None
    home: str | None = None
    about: datetime | None = None
    own: bool = False


class Till(msgspec.Struct, frozen=True):
    """A device that sells off line, with the last counter of its journal that came, and those missing below it."""

    device_id: str
    name: str
    highest: int
    missing: tuple[tuple[int, int], ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """Why the ledger refused an order, which it keeps under the order's name."""

    code: str
    said: Text


class Withheld(msgspec.Struct, frozen=True):
    """An off-line sale that a person has to decide on, or has `cancelled`."""

    code: str
    said: Text
    held_at: datetime | None = None
    cancelled: bool = False


class Consent(msgspec.Struct, frozen=True):
    """What the member last said of SMS, and where: `till` or `app`."""

    given: bool
    at: datetime
    how: str


class Down(msgspec.Struct, frozen=True):
    """A provider that is not used for a while: since when, why, and when it is tried again."""

    provider: str
    since: datetime
    why: str | None = None
    until: datetime | None = None


class Incident(msgspec.Struct, frozen=True):
    """What the status page said at that time; without `ended_at` it goes on.

    `parts` are those that its components stand for, None where one of them, or the incident, names none.
    """

    incident_id: str
    name: Text
    started_at: datetime
    ended_at: datetime | None = None
    eta_at: datetime | None = None
    parts: frozenset[Part] | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """`lacking` is what could not be found at all; `near` counts the members whose phones are one slip away.

    `entry` is the booking, `message` the message that tells of it, `beside` what went over other channels at once,
    `contact` how its member can be reached now.
    `other_phone`: the phone that was named is not that member's. `elsewhere` is the store that has the order instead.
    """

    now: datetime
    lacking: Lacking | None = None
    near: int = 0
    entry: EntryPosted | None = None
    message: Message | None = None
    beside: tuple[Message, ...] = ()
    contact: Contact | None = None
    other_phone: bool = False
    elsewhere: str | None = None
    refusal: Refusal | None = None
    withheld: Withheld | None = None
    consent: Consent | None = None
    tills: tuple[Till, ...] = ()
    downs: tuple[Down, ...] = ()
    incidents: tuple[Incident, ...] = ()
