"""Which channel a message takes next, by which of its providers, and why not the others."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.kernel import phone
from chalicelib.messages.model.message import (
    Attempt,
    ChannelName,
    Decision,
    Message,
)

UNREACHABLE_TRIES = 5
NOT_TAKEN_TRIES = 2
MOST_ATTEMPTS = 20  # an item stays small whatever the providers do
# What another provider of the same channel may see otherwise. A bad number is bad for it too, refused words are not
# passed round, and after an unknown outcome the member may have the message already.
ONE_PROVIDERS_NO = frozenset({"account", "template", "frequency", "origin"})
# What a carrier says of one provider's line or sign name; whatever else it says is about the phone or the words.
ONE_LINES_NO = frozenset({"flow_control", "sign_name"})
# What ends with an outage, or when somebody has paid: the provider is asked again where nothing else is left.
PASSES = frozenset({"unreachable", "refused:account", "refused:origin"})
# What was counted when the message was to be sent, and closes the channel to this one.
USED_UP = frozenset({"no_quota", "phone_limit", "member_limit", "store_limit"})
COMES_BACK_AFTER = timedelta(hours=1)  # then each time at twice the message's age
WAITED_FOR = timedelta(hours=24)  # an older message is no news any more


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


class Provider(NamedTuple):
    """Whom a channel goes by; WeChat itself and the mail relay are providers too."""

    channel: ChannelName
    name: str


PROVIDERS = (
    Provider("sms", "tencent"),
    Provider("sms", "aliyun"),
    Provider("wechat", "wechat"),
    Provider("email", "smtp"),
)


class Offer(NamedTuple):
    """A provider of a channel in this deployment; `kinds` are the messages that it has a template for."""

    channel: ChannelName
    provider: str
    kinds: frozenset[str]

    @property
    def by(self) -> Provider:
        return Provider(self.channel, self.provider)


class Shut(NamedTuple):
    """Why an offer is not taken now; `until` where it opens again by itself, else it is left for good.

    A reason holds for the whole channel, with `only_provider` for this one of its providers.
    """

    reason: str
    until: datetime | None = None
    only_provider: bool = False


class Closed(NamedTuple):
    """What a message does not take again: whole channels with the reason, and single providers of one."""

    channels: Mapping[ChannelName, str]
    providers: Mapping[Provider, Shut]


Gate = Callable[[Offer, Message, Contact, datetime], Shut | None]


class Choice(NamedTuple):
    """`offer` is None where no channel is left; `decisions` say why the ones before it were left.

    `wait_until` is the earliest at which one opens again, where none is open and one of them will be.
    """

    offer: Offer | None
    decisions: tuple[Decision, ...]
    wait_until: datetime | None = None


class _Left(NamedTuple):
    decision: Decision
    until: datetime | None = None


def choose(
    message: Message,
    contact: Contact | None,
    offers: Sequence[Offer],
    now: datetime,
    gates: Sequence[Gate] = (),
) -> Choice:
    """The first, in the order of `offers`, that neither what happened nor the member nor a gate has closed.

    No gate is asked about what comes after it: one that lets a single message through would spend it on that.
    """
    shut = closed(message, now)
    offers = [offer for offer in offers if offer.channel in message.channels]
    chosen: Offer | None = None
    reasons: list[_Left] = []
    for offer in offers:
        reason = _why_left(offer, shut, message, contact, now) or _shut_by(
            gates, offer, message, contact, now
        )
        if reason is None:
            chosen = offer
            break
        reasons.append(reason)
    left = [reason.decision for reason in reasons]
    if chosen is None:
        offered = {offer.channel for offer in offers}
        left += [Decision(now, one, "not_set_up") for one in message.channels if one not in offered]
    decided = {(one.channel, one.reason, one.provider) for one in message.lately.decisions}
    # a reason that holds for the channel comes from each of its providers
    new = {(one.channel, one.reason, one.provider): one for one in left}
    fresh = [one for what, one in new.items() if what not in decided]
    decisions = (*message.decisions, *fresh)
    if chosen is None:
        ends = [reason.until for reason in reasons if reason.until]
        return Choice(None, decisions, min(ends, default=None))
    return Choice(chosen, decisions)


def _why_left(
    offer: Offer, shut: Closed, message: Message, contact: Contact | None, now: datetime
) -> _Left | None:
    if reason := shut.channels.get(offer.channel):
        return _Left(Decision(now, offer.channel, reason))
    if one := shut.providers.get(offer.by):
        return _Left(Decision(now, offer.channel, one.reason, offer.provider), one.until)
    if message.facts.kind not in offer.kinds:
        return _Left(Decision(now, offer.channel, "not_configured", offer.provider))
    reason = why_not(offer.channel, contact)
    return _Left(Decision(now, offer.channel, reason)) if reason else None


def _shut_by(
    gates: Sequence[Gate], offer: Offer, message: Message, contact: Contact | None, now: datetime
) -> _Left | None:
    if contact is None:
        return None
    for gate in gates:
        if shut := gate(offer, message, contact, now):
            provider = offer.provider if shut.only_provider else None
            return _Left(Decision(now, offer.channel, shut.reason, provider), shut.until)
    return None


def why_not(channel: ChannelName, contact: Contact | None) -> str | None:
    """What keeps a channel from being used for this member; None: nothing that is known before it is tried."""
    if contact is None:
        return "no_member"
    address = address_of(contact, channel)
    if not address:
        return {"sms": "no_phone", "wechat": "no_openid", "email": "no_email"}[channel]
    if channel != "wechat" and channel not in contact.consents:
        return "no_consent"
    return None


def closed(message: Message, now: datetime) -> Closed:
    """What this message does not take again, or not yet."""
    attempts, decisions = message.lately
    tries = Counter((one.channel, one.provider, one.state) for one in attempts)
    channels: dict[ChannelName, str] = {
        one.channel: one.reason for one in decisions if one.reason in USED_UP
    }
    providers: dict[Provider, Shut] = {}
    for one in attempts:
        if reason := closes_channel(one, tries[one.channel, one.provider, one.state]):
            channels[one.channel] = reason
        elif reason := closes_provider(one, tries[one.channel, one.provider, one.state]):
            providers[Provider(one.channel, one.provider)] = Shut(
                reason, _comes_back(message, one, reason, now), True
            )
        elif len(attempts) >= MOST_ATTEMPTS:
            channels[one.channel] = "too_many_attempts"
    left = {by: shut for by, shut in providers.items() if shut.until is None or shut.until > now}
    return Closed(channels, left)


def _comes_back(message: Message, attempt: Attempt, reason: str, now: datetime) -> datetime | None:
    """When a provider that closed itself by this attempt is asked again; None: not for this message."""
    given_up = message.asked_at + WAITED_FOR
    if reason not in PASSES or now >= given_up or len(message.lately.attempts) >= MOST_ATTEMPTS:
        return None
    age = attempt.started_at - message.asked_at
    return min(given_up, attempt.started_at + max(COMES_BACK_AFTER, age))


def closes_channel(attempt: Attempt, tries: int) -> str | None:
    """Why no provider of the channel is asked after this attempt."""
    if attempt.state == "refused" and attempt.kind not in ONE_PROVIDERS_NO:
        return f"refused:{attempt.kind}"
    if attempt.state == "undelivered" and attempt.kind not in ONE_LINES_NO:
        return "undelivered"
    if attempt.state == "unresolved":
        return "outcome_unknown"
    if attempt.state == "not_taken" and tries >= NOT_TAKEN_TRIES:
        return "not_taken"
    return None


def closes_provider(attempt: Attempt, tries: int) -> str | None:
    """Why this provider is not asked again, though another of the channel may be; `tries` that ended like this one."""
    if attempt.state == "refused" and attempt.kind in ONE_PROVIDERS_NO:
        return f"refused:{attempt.kind}"
    if attempt.state == "undelivered":
        return f"undelivered:{attempt.kind}"
    if attempt.state == "unreachable" and tries >= UNREACHABLE_TRIES:
        return "unreachable"
    return None


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
