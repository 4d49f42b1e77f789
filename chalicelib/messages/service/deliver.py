"""Bringing a message to its member: claim, call one provider, keep the outcome; whoever else tries finds the claim."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from chalicelib.adapters import log, tables
from chalicelib.adapters.tables import ConditionFailed, Transaction
from chalicelib.kernel.clock import Clock
from chalicelib.messages import limits, quota, staff, table
from chalicelib.messages.channels import CANNOT_TELL, Channel, Counted
from chalicelib.messages.model import course, hearing
from chalicelib.messages.model.choice import (
    WAITED_FOR,
    Choice,
    Contact,
    Gate,
    Offer,
    Provider,
    address_of,
    choose,
)
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.hearing import Verdict
from chalicelib.messages.model.limits import LIMITED, REACHED, Cap
from chalicelib.messages.model.message import Attempt, ChannelName, Message
from chalicelib.messages.service.calling import outcome_of

_MOST_STEPS = 12
_MEMBER_SETTLES = timedelta(
    minutes=5
)  # a member just registered may not be seen yet by a cheap read
_SETTLING_TRIES = 3
_TRIED_WITHIN = WAITED_FOR + hearing.LOOK_UP_GIVEN_UP  # since it was booked
_SILENT_FOR = timedelta(seconds=60)
_log = log.logger("deliver")


def _as_given(message: Message, offers: Sequence[Offer]) -> Sequence[Offer]:  # noqa: ARG001
    return offers


def _to_nobody(offer: Offer, message: Message, outcome: Outcome) -> None:
    del offer, message, outcome


def _of_no_interest(attempt: Attempt) -> None:
    del attempt


def _no_caps(offer: Offer, message: Message, contact: Contact, now: datetime) -> Sequence[Cap]:
    del offer, message, contact, now
    return ()


def _no_call(offer: Offer) -> None:
    del offer


def _any_time(offer: Offer) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True)
class Deliveries:
    """`channels` in the order in which they are tried; `contact` answers None for a member who is gone.

    `ordered` puts the offers into the order for one message, `gates` may shut any of them for now, `heard` is told what
    came of each call, `unasked` that one was chosen and not called. `caps` are the counters that an attempt raises with
    its claim. `may_ask` says whether a provider may be asked what became of a message; `silent_until` is this
    container's memory of those that did not answer.
    """

    channels: Sequence[Channel]
    contact: Callable[[str], Contact | None]
    clock: Clock
    ordered: Callable[[Message, Sequence[Offer]], Sequence[Offer]] = _as_given
    gates: Sequence[Gate] = ()
    heard: Callable[[Offer, Message, Outcome], None] = _to_nobody
    reported: Callable[[Attempt], None] = _of_no_interest
    caps: Callable[[Offer, Message, Contact, datetime], Sequence[Cap]] = _no_caps
    unasked: Callable[[Offer], None] = _no_call
    may_ask: Callable[[Offer], bool] = _any_time
    silent_until: dict[Provider, datetime] = field(default_factory=dict)

    def go_on(self, message: Message) -> Message:
        """Do what is to be done with it now, until nothing is left or somebody else has it.

        Safe to call at any time and from anywhere at once. Raises TryAgain where our own tables do not answer.
        """
        for _ in range(_MOST_STEPS):
            todo = course.step(message, self.clock())
            if todo is None:
                break
            changed = self._take(todo, message)
            if changed is None:
                break
            message = changed
        return message

    def _take(self, todo: course.Step, message: Message) -> Message | None:
        """None where somebody else changed the message first."""
        if todo == "send":
            return self._send(message)
        if todo == "expire":
            return _kept(message, course.expired(message, self.clock()))
        return self._look_up(message)

    def _send(self, message: Message) -> Message | None:
        contact = self.contact(message.member_id)
        if contact is None and self.clock() - message.created_at < _MEMBER_SETTLES:
            return None
        while True:
            offers = self.ordered(message, [one.offer for one in self.channels])
            choice = choose(message, contact, offers, self.clock(), self.gates)
            if choice.offer is None or contact is None:
                return _kept(message, course.finished(message, choice, self.clock()))
            channel = self._by_name[choice.offer.channel, choice.offer.provider]
            counted = channel.counted(message, contact)
            claimed = self._claimed(message, choice, contact)
            caps = self.caps(channel.offer, message, contact, self.clock())
            claim = _claim(message, claimed, counted, caps)
            if claim == "ours":
                call = partial(channel.send, claimed, contact, claimed.last.reference)
                outcome = outcome_of(call)
                settled = self._settle(claimed, outcome, counted)
                self.heard(channel.offer, claimed, outcome)
                return settled
            self.unasked(channel.offer)
            if claim == "not_ours":
                return None
            message = course.used_up(message, channel.offer, choice, claim, self.clock())
            if claim in LIMITED:
                _tell_staff(message)

    def _claimed(self, message: Message, choice: Choice, contact: Contact) -> Message:
        if choice.offer is None:
            raise AssertionError(message.message_id)
        to = address_of(contact, choice.offer.channel) or ""
        template = self._by_name[choice.offer.channel, choice.offer.provider].template(
            message, contact
        )
        return course.claimed(message, choice.offer, choice, to, self.clock(), template)

    def _settle(
        self, claimed: Message, outcome: Outcome, counted: Counted | None
    ) -> Message | None:
        """Keep the outcome, also where the claim was taken for lost meanwhile."""
        message: Message | None = claimed
        for _ in range(_SETTLING_TRIES):
            if message is None:
                break
            settled = course.settled(message, claimed.last.n, outcome, self.clock())
            if settled is None:
                break
            if _replaced_with_quota(message, settled, outcome, counted):
                return settled
            message = table.message(claimed.message_id, consistent=True)
        _log.warning("outcome came too late", extra={"message_id": claimed.message_id})
        return None

    def _look_up(self, message: Message) -> Message | None:
        contact = self.contact(message.member_id)
        channel = self._by_name.get((message.last.channel, message.last.provider))
        if channel is None or contact is None or course.moved_since(message, contact):
            verdict = CANNOT_TELL
        else:
            verdict = self._asked(channel, message, contact)
        kept = _kept(message, hearing.looked_up(message, verdict, self.clock()))
        if kept and kept.last.reported_at and message.last.reported_at is None:
            self.reported(kept.last)
        return kept

    def _asked(self, channel: Channel, message: Message, contact: Contact) -> Verdict:
        """A provider that is shut off, or just did not answer, is not asked: others would wait behind its silence."""
        now, provider = self.clock(), channel.offer.by
        if not self.may_ask(channel.offer) or now < self.silent_until.get(provider, now):
            return Verdict("no_answer")
        others = () if message.last.provider_ref else _other_attempts(message)
        if others is None:
            return Verdict("ambiguous")
        verdict = channel.look_up(message.last, contact, others)
        if verdict.told == "no_answer":
            self.silent_until[provider] = self.clock() + _SILENT_FOR
        return verdict

    @property
    def _by_name(self) -> Mapping[tuple[ChannelName, str], Channel]:
        return {(one.offer.channel, one.offer.provider): one for one in self.channels}


def _claim(message: Message, claimed: Message, counted: Counted | None, caps: Sequence[Cap]) -> str:
    """`ours`, `not_ours`, or what is used up. Attempt and counts in one write: none is taken without the others.

    A transaction also where there is but one item: when its answer is lost and botocore asks again, DynamoDB knows it
    for the same, and a plain update would meet its own change and think that somebody else was first.
    """
    transaction = Transaction()
    table.replace_with(transaction, message, claimed)
    if counted:
        quota.take(transaction, *counted)
    for cap in caps:
        limits.raise_with(transaction, cap)
    try:
        transaction.commit()
    except ConditionFailed as failed:
        if "message" in failed.images:
            return "not_ours"
        return limits.why_full(caps, failed.images) or "no_quota"
    return "ours"


def _tell_staff(message: Message) -> None:
    """Somebody may be bombing a phone, or a till runs wild; nobody's number is in it."""
    store_id, limit = message.facts.store_id, message.decisions[-1]
    extra = {"reason": limit.reason, "store_id": store_id, "message_id": message.message_id}
    _log.warning(REACHED, extra=extra)
    text = f"门店 {store_id or '（无）'} 的消息达到发送上限（{limit.reason}），请核对是否有人恶意刷短信。"
    staff.note(f"limit:{limit.reason}:{store_id}", text, limit.at)


def _replaced_with_quota(
    was: Message, now: Message, outcome: Outcome, counted: Counted | None
) -> bool:
    """Quota goes back where the provider surely took nothing; where it says that there is none, so be it."""
    if counted is None or outcome.state not in {"unreachable", "refused"}:
        return table.replace(was, now)
    transaction = Transaction()
    table.replace_with(transaction, was, now)
    if outcome.kind == "quota":
        quota.empty(transaction, *counted)
    else:
        quota.give_back(transaction, *counted)
    return tables.holds(transaction.commit)


def _kept(was: Message, now: Message) -> Message | None:
    return now if table.replace(was, now) else None


def _other_attempts(message: Message) -> list[Attempt] | None:
    """The other attempts for this member by the same provider about that time; None where they are too many."""
    mine = message.last
    found = table.since(message.member_id, mine.started_at - _TRIED_WITHIN)
    if found is None:
        return None
    attempts = [one for each in found for one in each.attempts]
    return [
        one
        for one in attempts
        if (one.channel, one.provider) == (mine.channel, mine.provider)
        and one.reference != mine.reference
    ]
