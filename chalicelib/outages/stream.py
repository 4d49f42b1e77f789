"""What happened to the status page, and the clock: the static site is made again, and notices go on from here."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.adapters import log, streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.kernel import clock
from chalicelib.outages import table
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.publishing import HasTime, NoTimeLeft, publishing
from chalicelib.outages.service import Desk

_MISSED = timedelta(days=2)  # longer than a stream keeps what nobody has read
_log = log.logger("outages")


def publish_batch(event: Mapping[str, Any], has_time: HasTime) -> BatchAnswer:
    """The whole site, once for all that a batch holds; where it failed, or time ran out, the batch comes again."""
    found = streams.records(event)
    try:
        _publish(has_time)
    except Exception:  # noqa: BLE001 - whatever it is, the stream must hear where to resume
        _log.exception("site not published")
        return streams.answer(found[:1])
    return streams.answer([])


def notice_of(record: Record) -> Notice | None:
    """The notice that a record brings; None where it brings something else."""
    return table.notice_in(record.new) if record.new else None


def recent_notices() -> list[Notice]:
    """For the clock: also what no stream brought."""
    now = clock.now()
    return [each for each in table.notices_of(now - _MISSED, now) if each.at > now - _MISSED]


def tick() -> None:
    """What time alone brings about, in the table; then the site shows it."""
    Desk().tick(remind)


def remind(text: str) -> None:
    """Into the staff's group. What it did not take comes again with the next reminder."""
    from chalicelib.adapters.wecom import wecom  # noqa: PLC0415 - no fault of it keeps the site

    try:
        if group := wecom():
            group.say(text)
    except Exception:  # noqa: BLE001 - whatever it is, the reminder is on record, and the page goes on
        _log.exception("group not reminded")


def publish_site(has_time: HasTime) -> None:
    """What there is no time for is left to the next minute."""
    try:
        _publish(has_time)
    except NoTimeLeft:
        _log.warning("site unfinished")


def _publish(has_time: HasTime) -> None:
    msgspec.structs.replace(publishing(), has_time=has_time).run()
