"""Asking the parts, all at once, and keeping what came of it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

from chalicelib.adapters import log
from chalicelib.adapters.upstream import UpstreamError
from chalicelib.probes import table
from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.model.rules import ProbeRules
from chalicelib.probes.model.state import Measured, State, after, due

Check = Callable[[datetime], int]
PATIENCE_S = (
    25  # of a round with all its parts: one that hangs must not keep the others from being heard
)
_log = log.logger("probes")


class Undecided(Exception):
    """Nothing can be said of the part just now: it counts neither as good nor as bad."""


class Outrun(Exception):
    """Another container is at it in the same minute: what follows is left to it."""


def ask_all(
    checks: Mapping[Name, Check],
    known: Mapping[Name, State],
    rules: ProbeRules,
    now: datetime,
    patience_s: float = PATIENCE_S,
) -> dict[Name, State]:
    """All states as they are now; those whose time has come with one more result. Raises Outrun."""
    for state in known.values():
        if state.name not in checks:
            _forgotten(state)
    states = {name: known.get(name) or State(name=name) for name in checks}
    states |= {
        name: _forgotten(state) for name, state in states.items() if not rules.of(name).enabled
    }
    asked = [name for name, state in states.items() if due(state, rules.of(name), now)]
    if not asked:
        return states
    found = _asked({name: checks[name] for name in asked}, now, patience_s)
    for name, came in found.items():
        if came is not None:
            states[name] = _kept(after(states[name], came, rules.of(name), now))
    return states


def _asked(
    checks: Mapping[Name, Check], now: datetime, patience_s: float
) -> dict[Name, Measured | None]:
    """Of those that have not answered by then nobody waits any more, and that is their answer."""
    workers = ThreadPoolExecutor(len(checks))
    begun = {name: workers.submit(measured, check, now) for name, check in checks.items()}
    done, _ = wait(begun.values(), patience_s)
    workers.shutdown(wait=False)
    late = Measured(trouble="timed_out")
    return {name: each.result() if each in done else late for name, each in begun.items()}


def measured(check: Check, now: datetime) -> Measured | None:
    """None where nothing can be said."""
    try:
        return Measured(check(now))
    except Undecided:
        return None
    except UpstreamError as error:
        return Measured(trouble=error.code)
    except Exception as error:  # noqa: BLE001 - whatever it is, the part did not answer as it should
        _log.warning("probe failed", exc_info=True)
        return Measured(trouble=type(error).__name__)


def _kept(new: State) -> State:
    """Raises Outrun."""
    if not table.keep_state(new):
        raise Outrun(new.name)
    last = new.last
    _log.info(
        "probed",
        extra={
            "probe": new.name,
            "good": last and last.good,
            "value": last and last.value,
            "trouble": last and last.trouble,
            "bad": new.bad,
        },
    )
    return new


def _forgotten(state: State) -> State:
    """One that was bad when it was switched off, or taken out of the settings, begins anew. Raises Outrun."""
    if not state.bad:
        return state
    return _kept(State(name=state.name, version=state.version + 1, results=state.results))
