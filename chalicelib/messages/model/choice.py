"""Which channel a message takes next, and why not the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.kernel import phone
from chalicelib.messages.model.message import CHANNELS, ChannelName, Decision, Message

UNREACHABLE_TRIES = 5
NOT_TAKEN_TRIES = 2
MOST_ATTEMPTS = 16  # an item stays small whatever the providers do


class Contact(Protocol):
    """How a member can be reached; `member_id` is the survivor's where members were joined."""

    @property
    def member_id(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def openid(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def language(self) -> str: ...
    @property
    def consents(self) -> frozenset[str]: ...


class Offer(NamedTuple):
    """A channel of this deployment; `kinds` are the messages that it has a template for."""

    channel: ChannelName
    provider: str
    kinds: frozenset[str]


class Choice(NamedTuple):
    """`offer` is None where no channel is left; `decisions` say why the ones before it were left."""

    offer: Offer | None
    decisions: tuple[Decision, ...]


def choose(
    message: Message, contact: Contact | None, offers: Sequence[Offer], now: datetime
) -> Choice:
    """The first channel, in the order of `offers`, that is neither closed by what happened nor by the member."""
    closed = closed_channels(message)
    reasons = [
        (offer, closed.get(offer.channel) or why_not(offer, message, contact)) for offer in offers
    ]
    chosen = next((offer for offer, reason in reasons if reason is None), None)
    before = reasons if chosen is None else reasons[: offers.index(chosen)]
    left = [(offer.channel, reason) for offer, reason in before if reason]
    if chosen is None:
        offered = {offer.channel for offer in offers}
        left += [(channel, "not_set_up") for channel in CHANNELS if channel not in offered]
    decided = {(one.channel, one.reason) for one in message.decisions}
    new = [
        Decision(now, channel, reason)
        for channel, reason in left
        if (channel, reason) not in decided
    ]
    return Choice(chosen, (*message.decisions, *new))


def why_not(offer: Offer, message: Message, contact: Contact | None) -> str | None:
    """What keeps a channel from being used for this member; None: nothing that is known before it is tried."""
    if message.facts.kind not in offer.kinds:
        return "not_configured"
    if contact is None:
        return "no_member"
    address = address_of(contact, offer.channel)
    if not address:
        return {"sms": "no_phone", "wechat": "no_openid", "email": "no_email"}[offer.channel]
    if offer.channel != "wechat" and offer.channel not in contact.consents:
        return "no_consent"
    return None


def closed_channels(message: Message) -> Mapping[ChannelName, str]:
    """Channels that this message does not take again, each with the reason."""
    counted = Counter((one.channel, one.state) for one in message.attempts)
    closed: dict[ChannelName, str] = {
        one.channel: "no_quota" for one in message.decisions if one.reason == "no_quota"
    }
    for one in message.attempts:
        if one.state == "refused":
            closed[one.channel] = f"refused:{one.kind}"
        elif one.state == "undelivered":
            closed[one.channel] = "undelivered"
        elif one.state == "unresolved":
            closed[one.channel] = "outcome_unknown"
        elif one.state == "unreachable" and counted[one.channel, one.state] >= UNREACHABLE_TRIES:
            closed[one.channel] = "unreachable"
        elif one.state == "not_taken" and counted[one.channel, one.state] >= NOT_TAKEN_TRIES:
            closed[one.channel] = "not_taken"
        elif len(message.attempts) >= MOST_ATTEMPTS:
            closed[one.channel] = "too_many_attempts"
    return closed


def address_of(contact: Contact, channel: ChannelName) -> str | None:
    return {"sms": contact.phone, "wechat": contact.openid, "email": contact.email}[channel]


def masked(channel: ChannelName, address: str) -> str:
    """Enough to see which address it was, too little to write to it."""
    if channel == "sms":
        return phone.masked(address)
    if channel == "email":
        name, _, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:4]}****"
