"""The minute's round: ask, follow, and tell staff of what wobbles while it is watched closely."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.adapters import log
from chalicelib.kernel.clock import Clock
from chalicelib.probes import rulebook, table
from chalicelib.probes.model.catalogue import PARTS, Name
from chalicelib.probes.model.state import State, unwatched, wobbled
from chalicelib.probes.service.asking import Check, Outrun, ask_all
from chalicelib.probes.service.moving import Moving
from chalicelib.probes.templates import notes

ROUND = "parts asked"  # an alarm listens for it: who watches the others is watched by its silence
_log = log.logger("probes")


class Failed(Exception):
    """Something could not be done, and the log says what; everything else was."""


class Watching(msgspec.Struct, frozen=True):
    """`checks` are those that this deployment is set up for."""

    checks: Mapping[Name, Check]
    moving: Moving
    clock: Clock

    def run(self) -> None:
        """Done twice in a minute it counts once. Raises Failed."""
        now = self.clock()
        rules, _ = rulebook.rules()
        kept = table.kept()
        try:
            states = ask_all(self.checks, kept.states, rules, now)
        except Outrun:
            _log.info("another run is at it")
            return
        _log.info(ROUND)
        follow = [
            partial(self.moving.follow, part, kept.stretches.get(part), states, rules, now)
            for part in PARTS
        ]
        tell = [partial(self._tell, state, now) for state in states.values()]
        done = [_alone(step) for step in (*follow, *tell)]
        if not all(done):
            raise Failed

    def _tell(self, state: State, now: datetime) -> None:
        """Of a failure while it is watched, once; and when that is over."""
        if wobbled(state, now):
            self.moving.tell(f"probe:{state.name}:wobble", notes.wobbled(state), now)
        over = unwatched(state, now)
        if over and table.keep_state(over):
            self.moving.tell(f"probe:{state.name}:watched", notes.watched(state), now)


def _alone(step: Callable[[], None]) -> bool:
    """Nothing that fails for one part keeps the others from being followed."""
    try:
        step()
    except Exception:  # noqa: BLE001 - whatever it is, the next minute tries again
        _log.exception("not followed")
        return False
    return True
