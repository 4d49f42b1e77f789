"""New ledger entries, read once for all who follow them.

A shard of a DynamoDB stream bears two readers at a time; the audit trail, which looks at every item, is the other one.
Lambda imports this module and nothing of app.py.
"""

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer
from chalicelib.kernel import clock
from chalicelib.messages.stream import announce_batch
from chalicelib.stores.stream import count_batch

triggers = Blueprint(__name__)


@triggers.on_dynamodb_record(stream_arn="book-stream", batch_size=25)
def entries(event: DynamoDBEvent) -> BatchAnswer:
    """Each bears to see a record again, so that what one of them could not do comes to both once more."""
    batch = event.to_dict()
    return streams.either(announce_batch(batch, clock.now()), count_batch(batch))
