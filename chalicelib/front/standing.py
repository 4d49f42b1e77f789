"""The status page's second half: what changed there becomes the static site, and then goes to its subscribers.

A shard of a DynamoDB stream bears two readers at a time; the audit trail is the other one. Lambda imports this module
and nothing of app.py.
"""

from typing import Any

from chalice.app import Blueprint

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer

triggers = Blueprint(__name__)
_SPARE_MS = 30_000  # for a few dozen files of a slow bucket, and the notices after them


@triggers.lambda_function()
def publish(event: dict[str, Any], context: Any) -> BatchAnswer:  # noqa: ANN401 - Lambda's
    """Started by the stream, and each minute by the clock."""
    from chalicelib.front import publishing  # noqa: PLC0415 - the HTTP function reads this module and makes no site

    has_time = streams.while_time(context, _SPARE_MS)
    if "Records" in event:
        return publishing.on_change(event, has_time)
    publishing.by_the_clock(has_time)
    return streams.answer([])
