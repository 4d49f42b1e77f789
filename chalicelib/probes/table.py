"""What is kept of the probes: how each stands, and what was done of each part's last stretch of badness.

`PROBES` holds `STATE#{name}`, a probe's last results and whether it is bad, and `STRETCH#{part}`, that part's last
stretch of badness. `RULES` with `RULES#{version}` is what the chain decides of its probes: see `rulebook`.
"""

from typing import NamedTuple, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.outages.model.components import Part
from chalicelib.probes.model.catalogue import NAMES, Name
from chalicelib.probes.model.state import State
from chalicelib.probes.model.stretch import Stretch

_TABLE, _PARTITION = "probes", "PROBES"
_STATE, _STRETCH = "STATE#", "STRETCH#"
T = TypeVar("T", State, Stretch)


class KeptRow(Row):
    table = _TABLE
    doc = UnicodeAttribute()
    version = NumberAttribute()


class Kept(NamedTuple):
    """By name, and by part; what never was is not there."""

    states: dict[Name, State]
    stretches: dict[Part, Stretch]


def kept() -> Kept:
    """All there is: one request."""
    found = Kept({}, {})
    for image in tables.query_all(_TABLE, _PARTITION, consistent=True):
        kind = image["sk"]["S"]
        if kind.startswith(_STRETCH):
            stretch = _decoded(image, Stretch)
            found.stretches[stretch.part] = stretch
        elif kind.removeprefix(_STATE) in NAMES:  # a newer release may know more of them
            state = _decoded(image, State)
            found.states[state.name] = state
    return found


def keep_state(new: State) -> bool:
    """Whether nobody kept another meanwhile: of two containers in the same minute one counts."""
    return _keep(f"{_STATE}{new.name}", new)


def keep_stretch(new: Stretch) -> bool:
    """Whether nobody kept another meanwhile."""
    return _keep(f"{_STRETCH}{new.part}", new)


def _keep(sk: str, new: State | Stretch) -> bool:
    row = KeptRow(_PARTITION, sk, doc=msgspec.json.encode(new).decode(), version=new.version)
    return tables.holds(tables.save, row, tables.of_version(new.version - 1))


def _decoded(image: Image, kind: type[T]) -> T:
    return msgspec.json.decode(image["doc"]["S"], type=kind)
