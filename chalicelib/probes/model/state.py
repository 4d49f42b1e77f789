"""Where a probe stands: its last results, whether it is bad, and how long it is watched more closely."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.model.damping import turns
from chalicelib.probes.model.rules import Rule

KEPT_RESULTS = 40
_EARLY = timedelta(seconds=20)  # a clock that ticks each minute does not tick on the second
_PAUSES = 3
_A_WHILE = timedelta(minutes=10)


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """What asking came to: a value in the probe's unit, or a word for what went wrong."""

    value: int | None = None
    trouble: str = ""


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    at: datetime
    good: bool
    value: int | None = None
    trouble: str = ""


class State(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`results` newest last; the last `counted` of them came since it turned to what it is. `began_at`: when what
    turned it bad last first failed. `wobbles`: failures since it is watched.
    """

    name: Name
    version: int = 0
    bad: bool = False
    began_at: datetime | None = None
    results: tuple[Result, ...] = ()
    counted: int = 0
    watch_until: datetime | None = None
    wobbles: int = 0

    def watched(self, now: datetime) -> bool:
        return self.watch_until is not None and now < self.watch_until

    @property
    def since_turn(self) -> tuple[Result, ...]:
        return self.results[len(self.results) - self.counted :]

    @property
    def last(self) -> Result | None:
        return self.results[-1] if self.results else None


def due(state: State, rule: Rule, now: datetime) -> bool:
    """Whether it is time for the next result."""
    if not rule.enabled:
        return False
    pause = rule.pause(bad=state.bad, watched=state.watched(now))
    return state.last is None or now - state.last.at >= pause - _EARLY


def silent(state: State, rule: Rule, now: datetime) -> bool:
    """Whether there was no result for so long that nobody can say how the part is."""
    pause = rule.pause(bad=state.bad, watched=state.watched(now))
    return state.last is not None and now - state.last.at > max(_PAUSES * pause, _A_WHILE)


def after(state: State, measured: Measured, rule: Rule, now: datetime) -> State:
    """With one more result, and turned where that turns it; a recovery begins the closer watch.

    After a silence counting begins anew: results from before it say nothing about now.
    """
    if silent(state, rule, now):
        state = msgspec.structs.replace(state, counted=0)
    watched = state.watched(now)
    limit = rule.limit(bad=state.bad, watched=watched)
    good = not measured.trouble and (measured.value is None or measured.value <= limit)
    result = Result(now, good, measured.value, measured.trouble)
    results = (*state.results, result)[-KEPT_RESULTS:]
    grown = msgspec.structs.replace(
        state,
        version=state.version + 1,
        results=results,
        counted=min(state.counted + 1, len(results)),
        wobbles=state.wobbles + (watched and not good),
    )
    since_turn = [each.good for each in grown.since_turn]
    if not turns(bad=state.bad, since_turn=since_turn, damping=rule.damping(watched=watched)):
        return grown
    return _turned(grown, rule, now)


def _turned(state: State, rule: Rule, now: datetime) -> State:
    failed = [each.at for each in state.since_turn[-rule.of :] if not each.good]
    return msgspec.structs.replace(
        state,
        bad=not state.bad,
        began_at=state.began_at if state.bad else failed[0],
        counted=0,
        watch_until=now + rule.watch if state.bad and rule.watch else None,
        wobbles=0,
    )


def wobbled(state: State, now: datetime) -> bool:
    """Whether it failed just now, while it is watched, and has not turned."""
    last = state.last
    return bool(last and last.at == now and not last.good and state.watched(now) and not state.bad)


def unwatched(state: State, now: datetime) -> State | None:
    """As it goes on when the closer watch is over; None where it is not, or there was none."""
    if state.watch_until is None or state.watched(now):
        return None
    return msgspec.structs.replace(state, version=state.version + 1, watch_until=None, wobbles=0)
