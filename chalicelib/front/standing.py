"""The status page's second half: what changed there becomes the static site, and then goes to its subscribers.

A shard of a DynamoDB stream bears two readers at a time; the audit trail is the other one. Lambda imports this module
and nothing of app.py; what it does after the site is imported then, so that no fault of it keeps the site.
"""

from typing import Any

from chalice.app import Blueprint

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer
from chalicelib.outages.publishing import publishing
from chalicelib.outages.stream import publish_batch

triggers = Blueprint(__name__)


@triggers.lambda_function()
def publish(event: dict[str, Any], _context: Any) -> BatchAnswer:  # noqa: ANN401 - Lambda's
    """Started by the stream, and each minute by the clock."""
    if "Records" in event:
        return publish_batch(event)
    publishing().run()
    return streams.answer([])
