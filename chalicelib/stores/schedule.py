"""What the clock starts in the stores: each morning, figures of days that are over are held against their entries."""

from chalice.app import Blueprint, CloudWatchEvent, Cron

from chalicelib.access import service as access
from chalicelib.adapters import streams
from chalicelib.stores.built import figures

triggers = Blueprint(__name__)
_SPARE_MS = 60_000


@triggers.schedule(Cron("20", "22-23", "*", "*", "?", "*"))  # 06:20 and 07:20 in Shanghai
def recount(event: CloudWatchEvent) -> None:
    figures().recount(access.stores(), streams.while_time(event.context, _SPARE_MS))
