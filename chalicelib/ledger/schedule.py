"""What the clock starts in the ledger: the hourly round of what ends, the nightly proof of the books."""

from chalice.app import Blueprint, CloudWatchEvent, Cron, Rate

from chalicelib.adapters import streams
from chalicelib.ledger.built import ledger

triggers = Blueprint(__name__)
_SPARE_MS = (
    180_000  # a member with a hundred thousand entries is read in one piece, and again if in doubt
)
_SPARE_FOR_ONE_MS = 30_000


@triggers.schedule(Rate(1, unit=Rate.HOURS))
def expire(event: CloudWatchEvent) -> None:
    from chalicelib.ledger.service.expiry import Expiring  # noqa: PLC0415 - the HTTP function reads this too

    Expiring(ledger()).run(streams.while_time(event.context, _SPARE_FOR_ONE_MS))


@triggers.schedule(Cron("0/10", "17-21", "*", "*", "?", "*"))  # 01:00 to 05:50 in Shanghai
def reconcile(event: CloudWatchEvent) -> None:
    from chalicelib.ledger.service.books_night import Nightly  # noqa: PLC0415 - the HTTP function does without

    Nightly().tick(streams.while_time(event.context, _SPARE_MS))
