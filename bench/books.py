"""Proving the books of a member with very many entries: how fast, and in how much memory."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.contestants import Contestant


@dataclass(frozen=True)
class Proved:
    """A walk through the whole book in a fresh process; `grown_bytes` is the most that it held more than before."""

    members: int
    entries: int
    orders: int
    differences: int
    grown_bytes: int
    wall_s: float

    @property
    def per_second(self) -> float:
        return self.entries / self.wall_s


def measure(house: Contestant, tick: Callable[[], None]) -> Proved:
    ran = house.run("books", [{}])
    tick()
    if ran.answer["differences"]:
        raise RuntimeError(f"the seeded books differ: {ran.answer}")
    told = {name: ran.answer[name] for name in Proved.__match_args__ if name in ran.answer}
    return Proved(wall_s=ran.wall_ns[0] / 1e9, **told)
