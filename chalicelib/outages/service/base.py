"""What the use cases of the status page share: clock and ids, and reading again what somebody else changed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Gone, NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages.model.components import Component, Page
from chalicelib.outages.model.words import IdMaker, new_id
from chalicelib.outages.table import Asked, Stale

_TRIES = 8
T = TypeVar("T")


class Base(msgspec.Struct, frozen=True):
    """Clock and id-maker are arguments."""

    clock: Clock = clock.now
    make_id: IdMaker = new_id

    def new_page(self, now: datetime) -> Page:
        return Page(id=self.make_id(now), created_at=now, updated_at=now)


def until_fresh(once: Callable[[], T]) -> T:
    """Read and write again where somebody else wrote between. Raises TryAgain when that does not end."""
    for _ in range(_TRIES):
        try:
            return once()
        except Stale:
            continue
    raise TryAgain


def asked_by(key: str | None, kind: str, fingerprint: str, by: Stamp) -> Asked | None:
    return Asked(f"{by.who}#{kind}#{key}", fingerprint) if key else None


def known(page: Page | None, component_id: str) -> Component:
    """Raises NotFound."""
    found = page.component(component_id) if page else None
    if found is None:
        raise NotFound
    return found


def match(kept: int, version: int | None) -> None:
    """`version`: only as long as that is the one kept. Raises Gone."""
    if version is not None and version != kept:
        raise Gone
