"""How a probe stands, in one word."""

from datetime import datetime
from typing import Literal

from chalicelib.probes.model.rules import Rule
from chalicelib.probes.model.state import State, silent

Standing = Literal["off", "waiting", "silent", "good", "watched", "bad"]


def standing(state: State, rule: Rule, now: datetime) -> Standing:
    if not rule.enabled:
        return "off"
    if state.last is None:
        return "waiting"
    if silent(state, rule, now):
        return "silent"
    if state.bad:
        return "bad"
    return "watched" if state.watched(now) else "good"
