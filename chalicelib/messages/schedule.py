"""The minute's tick: what staff should know, what no stream delivered, and what is due again."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.adapters import streams
from chalicelib.messages import built

triggers = Blueprint(__name__)
_SPARE_MS = 60_000


@triggers.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    built.digests().run()  # first: staff must hear also when slow providers use the minute up
    built.sweeper().run(streams.while_time(event.context, _SPARE_MS))
    built.scoring().flush()
    built.preferring().run()
