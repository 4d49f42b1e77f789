"""Which parts of ours, and whose of the providers', stand in the way of a message that cannot be found."""

from collections.abc import Mapping, Sequence

from chalicelib.messages.model.choice import PROVIDERS, Provider
from chalicelib.messages.model.diagnosis import Code, Verdict
from chalicelib.messages.model.evidence import Incident, Known
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.outages.model.components import Part

_BOOKING: frozenset[Part] = frozenset({"till", "api", "database"})
_TELLING: frozenset[Part] = frozenset({"database", "stream"})
_HEARING: frozenset[Part] = frozenset({"api"})  # receipts come in by it
_NOT_BOOKED: frozenset[Code] = frozenset({"spend_not_here_yet", "nothing_then", "no_such_spend"})
_UNHEARD: frozenset[Code] = frozenset({
    "asking_provider", "outcome_unknown", "accepted_no_receipt_yet", "no_receipt",
})  # fmt: skip
_OF_CHANNEL: Mapping[ChannelName, Part] = {"sms": "sms", "wechat": "wechat", "email": "email"}
_OF_PROVIDER: Mapping[Provider, Part] = {
    Provider("sms", "tencent"): "sms:tencent",
    Provider("sms", "aliyun"): "sms:aliyun",
}
# What a provider that is down does; all else was the member's, the chain's or ours to say.
_ITS_DOING = frozenset({"breaker_open", "unreachable", "refused:account", "refused:origin"})


def touching(incidents: Sequence[Incident], verdict: Verdict, known: Known) -> tuple[Incident, ...]:
    """Without those that are of other parts only; one that names no part may be of any."""
    course = parts_of(verdict.code, known)
    return tuple(one for one in incidents if one.parts is None or one.parts & course)


def parts_of(code: Code, known: Known) -> frozenset[Part]:
    if code in _NOT_BOOKED:
        return _BOOKING
    if known.message is None:
        return _TELLING
    ways = frozenset(part for each in _providers(known.message) for part in _named(each))
    return _TELLING | ways | (_HEARING if code in _UNHEARD else frozenset())


def _providers(message: Message) -> set[Provider]:
    """Those that were tried or passed over for what they did; before that it may be any of them."""
    met = {Provider(one.channel, one.provider) for one in message.attempts}
    left = [one for one in message.decisions if one.reason in _ITS_DOING]
    passed = {each for each in PROVIDERS for one in left if _is_of(each, one.channel, one.provider)}
    return met | passed or {one for one in PROVIDERS if message.beside in {None, one.channel}}


def _is_of(provider: Provider, channel: ChannelName, name: str | None) -> bool:
    return provider.channel == channel and name in {None, provider.name}


def _named(provider: Provider) -> set[Part]:
    part = _OF_PROVIDER.get(provider)
    return {_OF_CHANNEL[provider.channel], *([part] if part else [])}
