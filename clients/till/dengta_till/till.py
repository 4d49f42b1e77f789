"""The companion of one till: look-up, spend, refund, top-up; on line when there is a line, off line when not."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from dengta_till import card as cards
from dengta_till import enrolment, orders
from dengta_till.calls import Calls, Clock
from dengta_till.config import Config
from dengta_till.errors import BadOrder, NoAnswer, Refused
from dengta_till.journal import Order
from dengta_till.keys import PublishedKeys
from dengta_till.replays import Progress, Replaying
from dengta_till.selling import Selling, decided
from dengta_till.texts import say
from dengta_till.values import (
    Booked,
    Found,
    Line,
    Member,
    OfflineCard,
    OpenOrder,
    Payment,
    Replay,
    Sale,
    Status,
)
from dengta_till.wire import Line as Wire

_KEYS_LAST_S = 3600
_CARDS_LAST_DAYS = 31


class Till:
    """Made once by a store's program and kept; its methods may be called from several threads.

    `token` is a member of staff's, where their permissions are wanted; without it the terminal's key is used.
    """

    def __init__(
        self, config: Config, *, token: str = "", wire: Wire | None = None, now: Clock | None = None
    ) -> None:
        self.config = config
        self.journal, self._key = enrolment.open_home(config)
        self.device_id = self._key.device_id
        self._now = now or (lambda: datetime.now(UTC))
        self._wire = wire or Wire(config, token or config.terminal_key)
        self._published = PublishedKeys(config.home / enrolment.PUBLISHED_KEYS)
        self._calls = Calls(self._wire, self.journal, config.store_id, self._now)
        self._selling = Selling(
            self._calls, self._key, self._published, sells_offline=config.sells_offline
        )  # fmt: skip

    def close(self) -> None:
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def lookup(self, **by: str) -> Found:
        """Exactly one of phone, phone_tail, card_no, code. Raises Refused, NoAnswer."""
        said = self._wire.ask("POST", "/v1/members/lookup", orders.text(by), proof="items").body
        return Found([_member(each) for each in said["items"]], said.get("hint"))

    def card(self, text: str) -> OfflineCard:
        """A card that a member shows, verified without a line. Raises BadCard."""
        card = cards.read(text, self._published.all(), self._now())
        used_fen = self.journal.used_fen(card)
        return replace(card, left_fen=max(0, card.trust_fen - used_fen))

    def spend(
        self,
        member_id: str,
        total_fen: int,
        payments: Sequence[Payment],
        *,
        lines: Sequence[Line] = (),
        discount_fen: int = 0,
        note: str | None = None,
        card: str | None = None,
        name: str | None = None,
    ) -> Sale:
        """Sell. `name` is the store's own for the order; the same order under it again is the same sale.

        `card` is the member's signed card, needed to pay from the balance when there is no line.
        Raises Refused, Undecided, Unreachable, BadOrder, NameUsed.
        """
        draft = orders.spend(
            name or self.new_name(), member_id, total_fen, payments,
            occurred_at=self._now(), lines=lines, discount_fen=discount_fen, note=note, card=card,
        )  # fmt: skip
        return _sale(self._selling.spend(draft))

    def refund(
        self,
        out_trade_no: str,
        reason: str,
        *,
        amount_fen: int | None = None,
        lines: Sequence[Mapping[str, int]] = (),
        name: str | None = None,
    ) -> Booked:
        """Give back an amount, lines, or all that is left of a spend; never off line. Raises as `spend`."""
        draft = orders.refund(
            name or self.new_name(), out_trade_no, reason, amount_fen=amount_fen, lines=lines
        )
        return _booked(self._selling.book(draft))

    def top_up(
        self,
        member_id: str,
        paid_fen: int,
        method: str,
        *,
        bonus_fen: int | None = None,
        name: str | None = None,
    ) -> Booked:
        """Put money on a member's card; never off line. Raises as `spend`."""
        draft = orders.top_up(
            name or self.new_name(), member_id, paid_fen, method, bonus_fen=bonus_fen
        )
        return _booked(self._selling.book(draft))

    def order(self, name: str) -> Sale | None:
        """What is known here of a spend; asks nobody. Raises Refused where it was."""
        found = self.journal.find("spend", name)
        return _sale(decided(found)) if found else None

    def abandon(self, name: str, reason: str) -> Sale | None:
        """The goods of an undecided spend stayed in the store: `replay` voids it if it turns out to be taken.

        Raises BadOrder for one that is decided: what was sold is refunded.
        """
        found = self.journal.refuse_goods("spend", name, reason)
        if found and not found.unwanted:
            raise BadOrder(why=f"{name}: {say(f'state_{found.state}')}")
        return _sale(found) if found else None

    def new_name(self) -> str:
        return orders.new_name(self.device_id, self._now())

    def replay(self, progress: Progress | None = None, *, held: bool = False) -> Replay:
        """Clear up what has no answer, then send what was sold off line. Raises NoAnswer, Refused.

        `progress` is told how many of how many are done; `held` sends held records again, to learn what came of them.
        Stopped half-way, the next goes on where it was: what the server has named is marked batch by batch.
        """
        run = Replaying(self._calls, self.device_id, self.config.replay_timeout_s)
        done = run.run(progress or (lambda _done, _of: None), held=held)
        if self._published.age_s() > _KEYS_LAST_S:
            with suppress(NoAnswer, Refused):
                self.fetch_keys()
        return done

    def status(self) -> Status:
        return Status(
            device_id=self.device_id,
            enrolled=enrolment.enrolled(self.journal),
            states=self.journal.counts(),
            open=[_open(each) for each in self.journal.unclear() if each.state == "asking"],
            tip=self.journal.tip(),
            complete_to=int(self.journal.meta("complete_to") or 0),
            oldest_waiting_at=self.journal.oldest_waiting_at(),
            attention=self.journal.attention(),
        )

    def verify(self) -> int:
        """The whole chain here, number by number; how many records. Raises JournalError at the first fault."""
        return self.journal.verify(self._key)

    def prune(self, days: int) -> int:
        """Forget what is booked or undone and older, never what a card still good may count; how many orders."""
        return self.journal.prune(timedelta(days=max(days, _CARDS_LAST_DAYS)), self._now())

    def sign_in(self, staff_no: str, pin: str) -> str:
        """A member of staff's token, for 12 hours. Raises Refused, NoAnswer."""
        body = orders.text({"staff_no": staff_no, "pin": pin})
        said = self._wire.ask(
            "POST", self._calls.path("staff-sessions"), body, proof="access_token"
        )
        return str(said.body["access_token"])

    def enroll(self, device_name: str, token: str | None = None) -> None:
        """Make this device's key known; needs device:write, which a terminal has not. Raises Refused, NoAnswer."""
        line = self._wire.holding(token) if token else self._wire
        path = self._calls.path("devices", self.device_id)
        enrolment.register(self.journal, line, path, self._key, device_name)
        self.fetch_keys()

    def fetch_keys(self) -> int:
        """Keep the published keys here for when there is no line; how many. Raises Refused, NoAnswer."""
        said = self._wire.ask("GET", "/v1/offline-keys", proof="items")
        try:
            return self._published.keep(said.body)
        except ValueError as error:
            raise NoAnswer(sent=False, last=f"offline-keys: {error}") from error


def _member(said: Mapping[str, Any]) -> Member:
    return Member(
        member_id=said["member_id"],
        card_no=said["card_no"],
        phone=said.get("phone"),
        name=said.get("name"),
        tier=said.get("tier", ""),
        balance_fen=said["balance_fen"],
        points=said.get("points", 0),
        seen=said,
    )


def _open(order: Order) -> OpenOrder:
    return OpenOrder(
        kind=order.kind,
        name=order.name,
        total_fen=orders.asked_fen(order.body),
        member_id=order.member_id,
        begun_at=orders.instant(order.begun_at),
        abandoned=order.unwanted is not None,
    )


def _sale(order: Order) -> Sale:
    return Sale(
        name=order.name,
        state=order.state,
        member_id=order.member_id,
        total_fen=orders.total_fen(order.body),
        again=order.known,
        counter=order.counter,
        spend_id=order.answer.get("spend_id"),
        balance_after_fen=order.answer.get("balance_after_fen"),
        answer=order.answer,
    )


def _booked(order: Order) -> Booked:
    after_fen = order.answer.get("balance_after_fen")
    return Booked(order.name, order.known, after_fen, order.answer)
