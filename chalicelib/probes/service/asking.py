"""Asking the parts, all at once, and keeping what came of it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from chalicelib.adapters import log
from chalicelib.adapters.upstream import UpstreamError
from chalicelib.probes import table
from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.model.rules import ProbeRules
from chalicelib.probes.model.state import Measured, State, after, due

Check = Callable[[datetime], int]
_log = log.logger("probes")


class Undecided(Exception):
    """Nothing can be said of the part just now: it counts neither as good nor as bad."""


class Outrun(Exception):
    """Another container is at it in the same minute: what follows is left to it."""


def ask_all(
    checks: Mapping[Name, Check], known: Mapping[Name, State], rules: ProbeRules, now: datetime
) -> dict[Name, State]:
    """All states as they are now; those whose time has come with one more result. Raises Outrun."""
    states = {name: _forgotten(name, known, rules) for name in checks}
    asked = [name for name, state in states.items() if due(state, rules.of(name), now)]
    if not asked:
        return states
    with ThreadPoolExecutor(len(asked)) as workers:
        found = list(workers.map(lambda name: measured(checks[name], now), asked))
    for name, came in zip(asked, found, strict=True):
        if came is not None:
            states[name] = _kept(after(states[name], came, rules.of(name), now), states[name])
    return states


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


def _kept(new: State, was: State) -> State:
    """Raises Outrun."""
    if not table.keep_state(new):
        raise Outrun(was.name)
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


def _forgotten(name: Name, known: Mapping[Name, State], rules: ProbeRules) -> State:
    """One that was switched off while it was bad begins anew. Raises Outrun."""
    state = known.get(name) or State(name=name)
    if rules.of(name).enabled or not state.bad:
        return state
    return _kept(State(name=name, version=state.version + 1, results=state.results), state)
