"""The minute's tick: what no stream delivered, and what is due again."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.adapters import streams
from chalicelib.messages import built

triggers = Blueprint(__name__)
_SPARE_MS = 60_000


@triggers.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    built.sweeper().run(streams.while_time(event.context, _SPARE_MS))
