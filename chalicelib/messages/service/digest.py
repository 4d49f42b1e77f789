"""Telling staff: the sweep gathers what was noted into one text for their group, and says again what was not heard."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from chalicelib.adapters import log
from chalicelib.kernel import ids
from chalicelib.kernel.clock import Clock
from chalicelib.messages import staff
from chalicelib.messages.model import digest as model
from chalicelib.messages.model.digest import Digest
from chalicelib.messages.service.calling import outcome_of

MOST_A_RUN = 5  # a bot takes 20 a minute, and a run may meet the one of the minute before
_log = log.logger("staff")


class Bot(Protocol):
    def say(self, text: str) -> None:
        """Raises Unreachable, Unknown or Refused."""


@dataclass(frozen=True)
class Digests:
    """`title` is the chain's name; without a `bot` notes stay in the log and in the table until they expire."""

    bot: Bot | None
    title: str
    clock: Clock

    def run(self) -> None:
        """Bounded, and to be called each minute. It never raises: what else the minute does goes on."""
        if self.bot is None:
            return
        try:
            self._tell(self.bot)
        except Exception:  # noqa: BLE001
            _log.exception("staff not told")

    def _tell(self, bot: Bot) -> None:
        """A bot that did not take one is not asked for another in this run."""
        for number, digest in enumerate(self._claimed(), start=1):
            outcome = outcome_of(partial(bot.say, digest.said))
            done = model.after(digest, outcome, self.clock())
            staff.replace(digest, done)
            if done.state == "given_up":
                _log.error(model.GIVEN_UP, extra={"code": done.code})
            if done.state != "told" or number == MOST_A_RUN:
                return

    def _claimed(self) -> Iterator[Digest]:
        """Those to be said again, then new ones from the notes; each on record before it is said."""
        due = staff.due(self.clock())
        for digest in due.digests:
            again = model.again(digest, self.clock())
            if staff.replace(digest, again):
                yield again
        notes = list(due.notes)
        while notes:
            made = model.composed(self.title, notes)
            digest = model.begun(ids.new(self.clock()), made.text, self.clock())
            if not staff.begin(digest, made.taken):
                return
            yield digest
            notes = [note for note in notes if note not in made.taken]
