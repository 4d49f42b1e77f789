"""Stream edge: what was written to the tables becomes the audit trail.

Lambda imports this module and nothing of app.py.
"""

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.access import audit as trail
from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer

triggers = Blueprint(__name__)


@triggers.on_dynamodb_record(stream_arn="book-stream", batch_size=100)
def audit(event: DynamoDBEvent) -> BatchAnswer:
    """Streams of book, access and outages; a batch is of one of them."""
    raw = event.to_dict()
    source_arn = raw["Records"][0].get("eventSourceARN", "") if raw["Records"] else ""
    return streams.consume(raw, lambda record: trail.keep(record, source_arn))
