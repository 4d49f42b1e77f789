"""Keeping what is known of a device's journal, and saying aloud what is missing or does not fit."""

import time
from collections.abc import Collection, Mapping

from chalicelib.adapters import log
from chalicelib.adapters.tables.writes import jitter_s
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.journal import (
    BROKEN,
    FORKED,
    GAP,
    Journal,
    Link,
    beside,
    broken_among,
)
from chalicelib.stores.table import devices
from chalicelib.stores.table import journal as table

_TRIES = 8
_log = log.logger("stores")


def know(was: Journal, links: Mapping[int, Link], forked: Collection[int], by: Stamp) -> Journal:
    """The journal with these records, whose traces are kept already. Raises TryAgain.

    The neighbours are read after the traces were written, so that of two batches at the same time one sees both.
    """
    fresh = [counter for counter in links if not was.has(counter)]
    if not fresh and was.forked >= set(forked):
        return was
    near = _links(was.device_id, [each for each in beside(fresh) if each not in links])
    broken = broken_among({**near, **links})
    for attempt in range(_TRIES):
        now = was.knowing(links, broken, forked)
        if now.same_as(was):
            return was
        _tell(was, now)
        other = table.keep_journal(was, now, by)
        if other is None:
            return now
        was = other
        time.sleep(jitter_s(attempt))
    raise TryAgain


def _links(device_id: str, counters: Collection[int]) -> dict[int, Link]:
    keys = [table.trace_key(device_id, each) for each in counters]
    traces = map(table.trace_of, devices.read_all(keys, consistent=True))
    return {trace.counter: trace.link for trace in traces}


def _tell(was: Journal, now: Journal) -> None:
    """Before it is kept: rather twice than never."""
    for first, last in now.opened_since(was):
        _log.warning(GAP, extra={"device_id": now.device_id, "first": first, "last": last})
    for line, counters in ((BROKEN, now.broken - was.broken), (FORKED, now.forked - was.forked)):
        for counter in sorted(counters):
            _log.warning(line, extra={"device_id": now.device_id, "counter": counter})
