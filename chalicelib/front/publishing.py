"""What the status page's second function does: the site first, then the notices, each by itself.

Who is told is imported when somebody is told, so that no fault of it keeps the site.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.adapters import log, streams
from chalicelib.adapters.streams import BatchAnswer
from chalicelib.outages import stream
from chalicelib.outages.model.notices import Notice

HasTime = Callable[[], bool]
_log = log.logger("standing")


def on_change(event: Mapping[str, Any], has_time: HasTime) -> BatchAnswer:
    return streams.either(stream.publish_batch(event, has_time), hand_over_batch(event))


def by_the_clock(has_time: HasTime) -> None:
    def publish_site() -> None:
        stream.publish_site(has_time)

    each_alone(stream.tick, publish_site, hand_over_recent)


def hand_over_batch(event: Mapping[str, Any]) -> BatchAnswer:
    """Each notice bears to be handed over again."""
    return streams.consume_together(event, stream.notice_of, _hand_over)


def hand_over_recent() -> None:
    if found := stream.recent_notices():
        _hand_over(found)


def each_alone(*steps: Callable[[], object]) -> None:
    """No failure of one keeps the others from being done. Raises the first, when all are."""
    failed: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised below, when the others are done
            _log.exception("step failed", extra={"step": step.__name__})
            failed.append(error)
    if failed:
        raise failed[0]


def _hand_over(notices: Sequence[Notice]) -> None:
    from chalicelib.notices import built  # noqa: PLC0415 - no fault of it keeps the site

    built.hand_over(notices)
