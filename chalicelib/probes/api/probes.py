"""What the probes say, for those who look after the house."""

import msgspec

from chalicelib.access.edge import Routes
from chalicelib.adapters.http import Call
from chalicelib.adapters.http.answers import At
from chalicelib.kernel import clock
from chalicelib.kernel.clock import text
from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.components import Part
from chalicelib.outages.model.words import Words
from chalicelib.probes import rulebook, table
from chalicelib.probes.built import set_up
from chalicelib.probes.model.catalogue import Name, Unit
from chalicelib.probes.model.rules import Rule
from chalicelib.probes.model.showing import Standing, standing
from chalicelib.probes.model.state import Result, State
from chalicelib.probes.model.stretch import Stretch
from chalicelib.probes.templates import standings

routes = Routes(__name__)
_SHOWN = 20


class ResultView(msgspec.Struct):
    """`value` is in the probe's unit; `trouble` a word for why there was no answer."""

    at: At
    good: bool
    value: int | None
    trouble: str | None


class ProbeView(msgspec.Struct):
    """`standing`: off, waiting for its first result, silent (no result for some time), good, watched more closely
    since a recovery, or bad.

    `said` sums it up. `incident_id` is that of the part's last stretch of badness, where one was opened. `results`
    newest first; a value above `limit` fails.
    """

    probe: Name
    title: Words
    part: Part
    standing: Standing
    said: Words
    unit: Unit
    limit: int
    moves_to: Outage
    since: At | None
    watch_until: At | None
    incident_id: str | None
    results: list[ResultView]


class ProbeList(msgspec.Struct):
    items: list[ProbeView]
    next_cursor: None = None


@routes.declare("GET", "/v1/probes", needs="provider:read", answers={200: ProbeList})
def get_probes(_call: Call) -> ProbeList:
    """Each probe that this deployment is set up for, with its last results."""
    rules, _ = rulebook.rules()
    kept = table.kept()
    shown = []
    for name in set_up():
        rule, state = rules.of(name), kept.states.get(name) or State(name=name)
        shown.append(_view(rule, state, kept.stretches.get(rule.of_house.part)))
    return ProbeList(shown)


def _view(rule: Rule, state: State, stretch: Stretch | None) -> ProbeView:
    house, now = rule.of_house, clock.now()
    stands = standing(state, rule, now)
    watched = state.watched(now)
    limit = rule.limit(bad=state.bad, watched=watched)
    return ProbeView(
        house.name,
        house.title,
        house.part,
        stands,
        standings.said(stands, state, limit, now),
        house.unit,
        limit,
        rule.status,
        text(state.began_at) if state.bad and state.began_at else None,
        text(state.watch_until) if watched and state.watch_until else None,
        stretch.incident_id or None if stretch else None,
        [_result(each) for each in reversed(state.results[-_SHOWN:])],
    )


def _result(one: Result) -> ResultView:
    return ResultView(text(one.at), one.good, one.value, one.trouble or None)
