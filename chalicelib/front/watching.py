"""The minute's tick of the probes: staff are told of them over the room of messages, which they do not know.

Lambda imports this module and nothing of app.py.
"""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.messages import staff
from chalicelib.probes import built

triggers = Blueprint(__name__)


@triggers.schedule(Rate(1, unit=Rate.MINUTES))
def probe(_event: CloudWatchEvent) -> None:
    built.watching(staff.note).run()
