"""Gathering what is known of a message that somebody cannot find, and saying why they cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.kernel import clock, phone
from chalicelib.kernel.clock import Clock
from chalicelib.ledger.facts import EntryPosted
from chalicelib.members.model import Trail
from chalicelib.messages import breakers, table
from chalicelib.messages.model.choice import PROVIDERS
from chalicelib.messages.model.diagnosis import (
    OURS,
    THEIRS,
    Verdict,
    diagnosed,
    missed,
    with_incidents,
)
from chalicelib.messages.model.evidence import ABOUT, Consent, Down, Known, Question, Refusal
from chalicelib.messages.model.message import NAMED, Facts, Message
from chalicelib.messages.model.parts import touching
from chalicelib.messages.service import elsewhere
from chalicelib.messages.service.find import Finder, Window

_BOOKED_LATER = timedelta(hours=72)  # a till that was off line hands in what happened before
_LATEST = 20
_MOST_PAGES = 5


Booked = TypeVar("Booked", Message, EntryPosted, Message | EntryPosted)


class Answer(NamedTuple):
    verdict: Verdict
    known: Known


@dataclass(frozen=True)
class Diagnosis:
    finder: Finder
    stores: Callable[[], Sequence[Store]]
    clock: Clock

    def answer(self, asked: Question) -> Answer:
        """Raises NotAPhone, and NotFound for a member who is not there."""
        known = self._known(asked)
        verdict = diagnosed(known)
        if verdict.code == "no_consent" and known.contact:
            consent = self._consent(known.contact.member_id)
            return Answer(verdict, replace(known, consent=consent))
        if verdict.code not in OURS:
            return Answer(verdict, known)
        known = replace(
            known,
            incidents=touching(elsewhere.incidents(*_span(known, asked)), verdict, known),
            downs=_downs() if verdict.code in THEIRS else (),
        )
        return Answer(with_incidents(verdict, known), known)

    def _consent(self, member_id: str) -> Consent | None:
        said = self.finder.ledger.card(member_id).member.consents.get("sms")
        return Consent(said.given, clock.parse(said.at), said.how) if said else None

    def _known(self, asked: Question) -> Known:
        if asked.spend_id:
            return self._of_spend(asked, asked.spend_id)
        if asked.name and asked.store_id:
            return self._of_order(asked, asked.store_id, asked.name)
        if asked.phone:
            return self._of_phone(asked, asked.phone)
        return self._of_member(asked, asked.member_id or "")

    def _of_spend(self, asked: Question, spend_id: str) -> Known:
        entry = self.finder.ledger.entry(spend_id)
        if entry is None or (asked.own and entry.member_id not in self._ids(asked)):
            return Known(now=self.clock(), lacking="spend")
        return self._of_entry(asked, entry)

    def _ids(self, asked: Question) -> set[str]:
        """The member and those that joined them."""
        trail = self.finder.start(asked.member_id or "")
        return {trail.member_id, *trail.then}

    def _of_order(self, asked: Question, store_id: str, name: str) -> Known:
        """A name may stand for an order of each kind: the one nearest to the time, else the first of NAMED."""
        orders = self.finder.ledger.orders_named(store_id, NAMED, name)
        orders.sort(key=lambda order: [*NAMED].index(order.kind))  # type: ignore[arg-type] # asked for by these
        posted = [self.finder.posted(order) for order in orders]
        entries = [entry for entry in posted if entry]
        if entries:
            meant = _meant(entries, asked.about) if asked.about else None
            return self._of_entry(asked, meant or entries[0])
        known = Known(now=self.clock(), lacking="spend")
        if orders and orders[0].refusal and orders[0].refusal.code != "held":
            refusal = orders[0].refusal
            return replace(known, refusal=Refusal(refusal.code, refusal.title))
        return self._not_here(known, asked, store_id)

    def _of_phone(self, asked: Question, text: str) -> Known:
        found = self.finder.ledger.members.by_phone(text)
        if not found.member_ids:
            return Known(now=self.clock(), lacking="member", near=found.near)
        return self._of_member(asked, found.member_ids[0])

    def _of_member(self, asked: Question, member_id: str) -> Known:
        """The booking that is meant: the nearest to the time, else the latest."""
        trail = self.finder.start(member_id)
        found = self._found(trail, asked.about)
        there = [one for one in found if asked.store_id in {None, _store_of(one).store_id}]
        if one := _meant(there, asked.about):
            return (
                self._of_message(asked, one)
                if isinstance(one, Message)
                else self._of_entry(asked, one)
            )
        known = Known(now=self.clock(), lacking="booking")
        if other := _meant(found, asked.about):
            return replace(known, elsewhere=_store_of(other).store_name)
        home = asked.store_id or asked.home
        return self._not_here(known, asked._replace(member_id=trail.member_id), home)

    def _found(self, trail: Trail, about: datetime | None) -> list[Message | EntryPosted]:
        """Messages of about that time, else the latest; and the latest bookings of which none of them tells."""
        window = Window(about - ABOUT, about + _BOOKED_LATER) if about else Window()
        messages: list[Message] = []
        at: Trail | None = trail
        for _ in range(_MOST_PAGES):
            if at is None or (messages and about is None):
                break
            some, at = self.finder.page(at, _LATEST, window)
            messages += some
        told = {one.message_id for one in messages}
        latest = self.finder.ledger.history(Trail(trail.member_id), _LATEST).entries
        return [*messages, *(one for one in latest if one.message_id not in told)]

    def _of_entry(self, asked: Question, entry: EntryPosted) -> Known:
        known = Known(now=self.clock(), entry=entry)
        message = table.message(entry.message_id, consistent=True)
        if message:
            return replace(self._of_message(asked, message), entry=entry)
        return replace(known, contact=self.finder.ledger.members.contact(entry.member_id))

    def _of_message(self, asked: Question, message: Message) -> Known:
        contact = self.finder.ledger.members.contact(message.member_id)
        named = phone.parse(asked.phone) if asked.phone else None
        other = bool(named and contact and contact.phone and contact.phone != named)
        copies = table.copies(message)
        answering = missed(message, copies)
        beside = tuple(one for one in (message, *copies) if one is not answering)
        return Known(
            now=self.clock(), message=answering, beside=beside, contact=contact, other_phone=other
        )

    def _not_here(self, known: Known, asked: Question, store_id: str | None) -> Known:
        """Nothing was booked: whether it was held, is still in a till, or is another store's."""
        if store_id is None:
            return known
        held = elsewhere.withheld(
            store_id, name=asked.name, member_id=asked.member_id, about=asked.about
        )
        if held:
            return replace(known, withheld=held)
        if asked.name and asked.home is None and (other := self._other_store(asked)):
            return replace(known, elsewhere=other.name)
        return replace(known, tills=elsewhere.tills(store_id))

    def _other_store(self, asked: Question) -> Store | None:
        """Only for who may see every store."""
        others = {one.store_id: one for one in self.stores() if one.store_id != asked.store_id}
        found = self.finder.ledger.orders_at([*others], "spend", asked.name or "")
        return others[found[0].store_id] if found else None


def _downs() -> tuple[Down, ...]:
    """One request."""
    known = breakers.read(PROVIDERS).breakers
    return tuple(
        Down(provider.name, one.since, one.why, one.until)
        for provider, one in known.items()
        if one.state != "closed" and one.since
    )


def _store_of(one: Message | EntryPosted) -> Facts | EntryPosted:
    return one.facts if isinstance(one, Message) else one


def _happened(one: Message | EntryPosted) -> datetime:
    if isinstance(one, Message):
        return one.facts.happened_at or one.facts.booked_at
    return one.occurred_at if one.late else one.booked_at


def _meant(found: Sequence[Booked], about: datetime | None) -> Booked | None:
    """The latest, or the nearest to a time as far as people are off with it."""
    if about is None:
        return max(found, key=_happened, default=None)
    nearest = min(found, key=lambda one: abs(_happened(one) - about), default=None)
    return nearest if nearest and abs(_happened(nearest) - about) <= ABOUT else None


def _span(known: Known, asked: Question) -> tuple[datetime, datetime]:
    """The time in which something may have stood in the way."""
    message, entry = known.message, known.entry
    since = message.created_at if message else entry.booked_at if entry else asked.about
    if since is None:
        return known.now - ABOUT, known.now
    if message and message.due_at is None:
        return since, message.updated_at
    return (since, known.now) if message or entry else (since - ABOUT, since + ABOUT)
