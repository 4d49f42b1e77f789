"""The providers as one container sees them: an order and a gate before each call, an ear after it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters import log
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import system
from chalicelib.messages import breakers, staff
from chalicelib.messages.model import breaker as rules
from chalicelib.messages.model.breaker import CLOSED, IN_A_ROW, Breaker
from chalicelib.messages.model.choice import WAITED_FOR, Contact, Offer, Provider, Shut
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.messages.model.score import Order, in_order, in_sample
from chalicelib.messages.templates.reasons import FAILS

READ_EVERY = timedelta(seconds=5)
_BY = system("breaker")
_log = log.logger("breaker")


@dataclass
class Breaking:
    """`known` is what was last read or written, `failures` are those in a row, `probing` the probes that are ours.

    Where the table does not answer, what is known goes on to hold: no message fails for the sake of a breaker.
    """

    providers: Sequence[Provider]
    clock: Clock
    known: dict[Provider, Breaker] = field(default_factory=dict)
    orders: dict[ChannelName, Order] = field(default_factory=dict)
    failures: Counter[Provider] = field(default_factory=Counter)
    probing: set[Provider] = field(default_factory=set)
    read_at: datetime | None = None

    def ordered(self, message: Message, offers: Sequence[Offer]) -> list[Offer]:
        """The better provider of a channel first, and before it one that this message should try."""
        now = self.clock()
        self._refresh(now)
        tried = {one for one in self.providers if rules.may_be_probed(self._of(one), now)}
        if in_sample(message.message_id):
            tried |= {
                Provider(channel, order.sampled)
                for channel, order in self.orders.items()
                if order.sampled
            }
        return in_order(offers, self.orders, tried)

    def gate(self, offer: Offer, message: Message, contact: Contact, now: datetime) -> Shut | None:  # noqa: ARG002
        """To be asked last: where it lets a probe through, that is this call."""
        self._refresh(now)
        provider = offer.by
        until = rules.shut_until(self._of(provider), now)
        if until is None or provider in self.probing:
            return None
        if rules.may_be_probed(self._of(provider), now) and self._claimed(provider, now):
            return None
        until = rules.shut_until(self._of(provider), now)
        waits = now - message.asked_at < WAITED_FOR
        return Shut("breaker_open", until if waits else None, only_provider=True)

    def may_ask(self, offer: Offer) -> bool:
        """Whether it may be asked what became of a message; that is no probe."""
        self._refresh(self.clock())
        return rules.shut_until(self._of(offer.by), self.clock()) is None

    def unasked(self, offer: Offer) -> None:
        """It was chosen and no call came of it: a probe that was taken for it is given back."""
        if offer.by in self.probing:
            self.probing.discard(offer.by)
            self._keep(offer.by, rules.released(self._of(offer.by), self.clock()))

    def heard(self, offer: Offer, outcome: Outcome) -> None:
        provider, sign = offer.by, rules.sign_of(outcome)
        probed = provider in self.probing
        self.probing.discard(provider)
        if sign == "well":
            self.failures[provider] = 0
            if probed:
                self._keep(provider, rules.closed(self._of(provider), self.clock()))
            return
        self.failures[provider] += 1
        enough = sign == "fatal" or probed or self.failures[provider] >= IN_A_ROW
        if enough and (probed or self._of(provider).state == "closed"):
            why = rules.word_of(outcome)
            self._keep(provider, rules.opened(self._of(provider), why, self.clock()))

    def _of(self, provider: Provider) -> Breaker:
        return self.known.get(provider, CLOSED)

    def _refresh(self, now: datetime) -> None:
        if self.read_at and now - self.read_at < READ_EVERY:
            return
        self.read_at = now
        try:
            found = breakers.read(self.providers)
        except TryAgain:
            _log.warning("breakers not read")
            return
        self.orders = found.orders
        for provider, there in found.breakers.items():
            self._learn(provider, there)

    def _learn(self, provider: Provider, there: Breaker) -> None:
        """A cheap read may be older than what is known."""
        if there.version < self._of(provider).version:
            return
        if there.version > self._of(provider).version:
            self.failures[provider] = 0
            self.probing.discard(provider)
        self.known[provider] = there

    def _claimed(self, provider: Provider, now: datetime) -> bool:
        if not self._keep(provider, rules.probed(self._of(provider), now)):
            return False
        self.probing.add(provider)
        return True

    def _keep(self, provider: Provider, changed: Breaker) -> bool:
        """Whether the change is ours. Of several containers one makes it, the others learn of it."""
        try:
            there = breakers.keep(provider, changed, _BY)
        except TryAgain:
            _log.warning("breaker not kept", extra={"provider": provider.name})
            return False
        was = self._of(provider)
        self._learn(provider, there or changed)
        if there is None:
            _tell(provider, was, changed, self.clock())
        return there is None


def _tell(provider: Provider, was: Breaker, now: Breaker, at: datetime) -> None:
    """Staff hear of the first opening and of the end, not of each try between."""
    told = {"provider": provider.name, "state": now.state, "why": now.why or was.why}
    _log.warning("breaker changed", extra=told)
    key = f"breaker:{provider.channel}:{provider.name}"
    name = rules.NAMES.get(provider.name, provider.name)
    if now.state == "closed":
        staff.note(key, f"{name}已恢复，重新承接消息。", at)
    elif now.openings == 1 and was.state == "closed":
        kind, _, code = (now.why or "").partition(": ")
        fails = f"{FAILS.get(kind, kind)}（{code}）"
        then = "暂停使用，消息改走其他服务商或等候；系统会自动试探恢复。"
        staff.note(key, f"{name}{fails}，{then}", at)
