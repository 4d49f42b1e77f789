"""One batch of a journal on its way: sorted, trusted, sold, and kept; one bad record stops nothing."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.adapters import log
from chalicelib.adapters.tables.writes import jitter_s
from chalicelib.kernel import ids
from chalicelib.kernel.errors import InvalidRequest, NotFound, Refused, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.refusals import NameTaken
from chalicelib.stores.model import replays as model
from chalicelib.stores.model.devices import Device
from chalicelib.stores.model.held import Held
from chalicelib.stores.model.journal import Journal
from chalicelib.stores.model.replays import BadRecord, CardReader, Reading, Result, Trace, Verdict
from chalicelib.stores.service.journal import know
from chalicelib.stores.service.replays_sales import Posted, Sales
from chalicelib.stores.table import held as held_table
from chalicelib.stores.table import journal as table

_TRIES = 8
_HOLDS = {NotFound: "unknown_member", InvalidRequest: "invalid_spend"}
_log = log.logger("stores")
CardsLost = Callable[[Collection[str]], Mapping[str, datetime]]
RETRY: model.Outcome = "retry"


@dataclass
class Batch:
    """`kept` are the traces by counter, first those read, then also those made here; `made` are to be written yet."""

    store: Store
    device: Device
    journal: Journal
    kept: dict[int, Trace]
    uses: dict[str, table.Uses]
    sales: Sales
    card: CardReader
    cards_lost: CardsLost
    most_percent: int | None
    now: datetime
    till_id: str | None
    by: Stamp
    made: dict[int, Trace] = field(default_factory=dict)
    forked: set[int] = field(default_factory=set)
    results: dict[int, Result] = field(default_factory=dict)

    def run(
        self, readings: Sequence[Reading | BadRecord], in_time: Callable[[], bool]
    ) -> list[Result]:
        """A result for each, in the order given; `in_time` says whether another sale may be begun."""
        todo = dict(self._sorted(readings))
        trusted = self._trusted(self._unlost({at: verdict for at, (_, verdict) in todo.items()}))
        for at, (reading, _) in todo.items():
            verdict = trusted.get(at)
            if verdict is None or not in_time():
                self.results[at] = Result(RETRY, record=reading.record)
            else:
                self.results[at] = self._safely(reading, verdict)
        self._keep()
        return [self.results[at] for at in range(len(readings))]

    # What needs no sale, and what the others are worth

    def _sorted(
        self, readings: Sequence[Reading | BadRecord]
    ) -> Iterator[tuple[int, tuple[Reading, Verdict]]]:
        for at, reading in enumerate(readings):
            if isinstance(reading, BadRecord):
                self.results[at] = Result("refused", reading.reason, reading.record)
                continue
            if answer := self._known(reading):
                self.results[at] = answer
                continue
            try:
                model.admit(reading, self.device)
            except BadRecord as bad:
                self.results[at] = Result("refused", bad.reason, bad.record)
                continue
            forked = reading.record.counter in self.kept
            verdict = model.judge(reading, self.device, self.card, self.now, self.most_percent)
            yield at, (reading, Verdict() if forked else verdict)

    def _known(self, reading: Reading) -> Result | None:
        """The answer that the very same record got before."""
        trace = self.kept.get(reading.record.counter)
        if trace is None or trace.link.digest != reading.digest:
            return None
        return _result(reading, trace.again())

    def _unlost(self, verdicts: dict[int, Verdict]) -> dict[int, Verdict]:
        numbers = {each.trust.card_no for each in verdicts.values() if each.trust}
        lost = self.cards_lost(numbers) if numbers else {}
        return {at: model.unless_lost(each, lost) for at, each in verdicts.items()}

    def _trusted(self, verdicts: dict[int, Verdict]) -> dict[int, Verdict]:
        """Verdicts once it is kept which sales were made on a card's word; without those that nothing is known of."""
        for attempt in range(_TRIES):
            uses = {member_id: each.made for member_id, each in self.uses.items()}
            answers = {at: _granted(verdict, uses, self.now) for at, verdict in verdicts.items()}
            changed = {
                member_id: (self.uses[member_id], made)
                for member_id, made in uses.items()
                if made != self.uses[member_id].made
            }
            try:
                moved = table.keep_uses(changed, self.now, self.by) if changed else {}
            except TryAgain:
                break
            if not moved:
                return answers
            self.uses |= moved
            time.sleep(jitter_s(attempt))
        return {at: verdict for at, verdict in verdicts.items() if verdict.trust is None}

    # Selling

    def _safely(self, reading: Reading, verdict: Verdict) -> Result:
        try:
            return self._sell(reading, verdict)
        except TryAgain:
            return Result(RETRY, record=reading.record)
        except Exception:  # noqa: BLE001 - a bug in one record keeps no other waiting
            counter = reading.record.counter
            told = {"device_id": self.device.device_id, "counter": counter}
            _log.exception("bug", extra=told)
            return Result(RETRY, "internal_error", reading.record)

    def _sell(self, reading: Reading, verdict: Verdict) -> Result:
        if answer := self._known(reading):
            return answer
        if reading.record.counter in self.kept:
            return self._fork(reading)
        try:
            trace = _posted(reading, self._post(reading, verdict))
        except NameTaken:
            trace = model.traced(reading, "refused", "name_taken")
        except (Refused, NotFound, InvalidRequest) as why:
            return self._hold(reading, verdict.hold or _HOLDS.get(type(why), why.code))
        return self._trace(reading, trace)

    def _post(self, reading: Reading, verdict: Verdict) -> Posted:
        if reading.sale is None:
            raise InvalidRequest
        name = reading.record.out_trade_no
        if verdict.hold:
            return self.sales.withhold(self.store, name, reading.sale, self.by)
        trust_fen = verdict.trust.trust_fen if verdict.trust else None
        return self.sales.post(
            self.store, name, reading.sale, trust_fen=trust_fen, till_id=self.till_id, by=self.by
        )

    def _trace(self, reading: Reading, trace: Trace) -> Result:
        self.kept[trace.counter] = self.made[trace.counter] = trace
        return _result(reading, trace)

    def _hold(self, reading: Reading, code: str) -> Result:
        """Nothing can be posted under its name any more; so it is queued, once, together with its trace."""
        record, sale = reading.record, reading.sale
        held_id = ids.following(self.now, f"{record.device_id}#{record.counter}")
        held = Held(
            held_id=held_id,
            store_id=self.store.store_id,
            device_id=record.device_id,
            counter=record.counter,
            out_trade_no=record.out_trade_no,
            code=code,
            occurred_at=record.occurred_at,
            held_at=self.now,
            payload=reading.signed.payload,
            signature=reading.signed.signature,
            member_id=sale.member_id if sale else None,
            total_fen=sale.total_fen if sale else None,
            from_balance_fen=reading.from_balance_fen if sale else None,
            till_id=self.till_id,
        )
        trace = model.traced(reading, "held", code, held_id=held_id)
        there = held_table.add(held, trace, self.by)
        self.kept[record.counter] = there or trace
        return self._known(reading) or self._fork(reading)

    def _fork(self, reading: Reading) -> Result:
        """Another record has this counter: two tills sign with one key, or somebody rewrote the journal."""
        record = reading.record
        self._evidence(reading)
        sold = reading.sale and self.sales.known(self.store, record.out_trade_no, reading.sale)
        if sold:
            trace = replace(_posted(reading, sold), outcome="replayed", code="counter_taken")
            return _result(reading, trace)
        return Result("refused", "counter_taken", record)

    def _evidence(self, reading: Reading) -> None:
        trace = model.traced(reading, "refused", "counter_taken")
        table.keep_fork(
            self.device.device_id, trace, reading.signed.payload, reading.signed.signature, self.by
        )
        self.forked.add(reading.record.counter)

    # Keeping

    def _keep(self) -> None:
        """What was decided is told only once it is kept: of anything else nothing is known."""
        try:
            there = table.keep(self.device.device_id, list(self.made.values()), self.by)
            self.kept |= there
            self.forked |= {
                counter
                for counter, trace in there.items()
                if trace.link.digest != self.made[counter].link.digest
            }
            links = {counter: trace.link for counter, trace in self.kept.items()}
            self.journal = know(self.journal, links, self.forked, self.by)
        except TryAgain:
            self.results |= {
                at: Result(RETRY, record=result.record)
                for at, result in self.results.items()
                if result.code == "counter_taken" or self._unknown(result)
            }

    def _unknown(self, result: Result) -> bool:
        return result.trace is not None and not self.journal.has(result.trace.counter)


def _granted(verdict: Verdict, uses: dict[str, tuple[model.Use, ...]], now: datetime) -> Verdict:
    """Counts a use where it is granted."""
    if verdict.trust is None:
        return verdict
    made = model.used(uses[verdict.trust.member_id], verdict.trust, now)
    if made is None:
        return Verdict("over_trust")
    uses[verdict.trust.member_id] = made
    return verdict


def _posted(reading: Reading, posted: Posted) -> Trace:
    trace = model.traced(reading, "taken" if posted.first else "replayed")
    return replace(
        trace,
        spend_id=posted.spend_id,
        balance_after_fen=posted.balance_after_fen,
        debt_fen=posted.debt_fen,
    )


def _result(reading: Reading, trace: Trace) -> Result:
    return Result(trace.outcome, trace.code, reading.record, trace)
