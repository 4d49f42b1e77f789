"""The nightly walk through the book, in portions: each goes on where the last one stopped."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from chalicelib.adapters import log
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.stamp import system
from chalicelib.ledger.model.books_words import DIFFER, PROVED, Difference
from chalicelib.ledger.service.books import Run, Walk
from chalicelib.ledger.table import books as table

BUSY = timedelta(minutes=9)  # as long as Lambda lets it run; the next tick comes after that
_EVERY = timedelta(hours=18)
_KEEP_EVERY = timedelta(minutes=1)
_BY = system("reconcile")
_log = log.logger("books")


class Nightly(msgspec.Struct, frozen=True):
    clock: Clock = clock.now

    def tick(self, has_time: Callable[[], bool]) -> Run | None:
        """Go on with the walk, or begin one where the last began long enough ago; None where there is nothing to do."""
        document, was_turn, busy_until = table.run()
        now, turn = self.clock(), was_turn + 1
        run = msgspec.json.decode(document, type=Run) if document else Run(started_at=now)
        if busy_until > clock.text(now):
            return None
        if run.done:
            if run.started_at and now - run.started_at < _EVERY:
                return None
            run = Run(started_at=now)
        if not table.keep_run(run, turn, now + BUSY, was_turn, _BY):
            return None
        Walk(run, _tell, self._keeping(turn)).go(has_time)
        table.keep_run(run, turn, None, turn, _BY)
        if run.done:
            _log.info(PROVED, extra=msgspec.to_builtins(run))
        return run

    def _keeping(self, turn: int) -> Callable[[Run], None]:
        """Now and then, so that a run that is cut off has not been for nothing."""
        began = kept = self.clock()

        def keep(run: Run) -> None:
            nonlocal kept
            if self.clock() - kept >= _KEEP_EVERY:
                kept = self.clock()
                table.keep_run(run, turn, began + BUSY, turn, _BY)

        return keep


def _tell(difference: Difference) -> None:
    _log.error(DIFFER, extra=difference._asdict())
