"""The ports of a local stack: kept over restarts, free or counted from DENGTA_PORT_BASE."""

import os
from dataclasses import asdict, dataclass

from infra.local.places import Places, read_json, write_json
from infra.local.processes import LOOPBACK, free_port


@dataclass(frozen=True)
class Ports:
    """Who listens where."""

    front: int
    emulator: int
    upstreams: int
    smtp: int

    @property
    def front_url(self) -> str:
        """The one address that people use."""
        return f"http://{LOOPBACK}:{self.front}"

    @property
    def emulator_url(self) -> str:
        """AWS."""
        return f"http://{LOOPBACK}:{self.emulator}"

    @property
    def upstreams_url(self) -> str:
        """WeChat and the SMS providers."""
        return f"http://{LOOPBACK}:{self.upstreams}"


def choose(places: Places) -> Ports:
    """Those of the last time, unless DENGTA_PORT_BASE says others."""
    base = os.environ.get("DENGTA_PORT_BASE")
    kept = read_json(places.ports_file)
    if base:
        ports = Ports(*range(int(base), int(base) + 4))
    elif kept:
        ports = Ports(**kept)
    else:
        ports = Ports(free_port(), free_port(), free_port(), free_port())
    write_json(places.ports_file, asdict(ports))
    return ports
