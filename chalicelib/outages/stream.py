"""What happened to the status page, and the clock: the static site is made again."""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters import log, streams
from chalicelib.adapters.streams import BatchAnswer
from chalicelib.outages.publishing import publishing

_log = log.logger("outages")


def publish_batch(event: Mapping[str, Any]) -> BatchAnswer:
    """The whole site, once for all that a batch holds; where it failed, the batch comes again."""
    found = streams.records(event)
    try:
        publishing().run()
    except Exception:  # noqa: BLE001 - whatever it is, the stream must hear where to resume
        _log.exception("site not published")
        return streams.answer(found[:1])
    return streams.answer([])
