"""What an error of DynamoDB means to those who called: somebody was first, try again, or a bug of ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.kernel.errors import TryAgain

SLOW_DOWN = frozenset({
    "ThrottlingError", "ThrottlingException", "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded",
})  # fmt: skip
_SERVER_ERROR = 500
_THEIR_SIDE = SLOW_DOWN | {
    "TransactionConflictException",  # a single write that met a transaction under way
    "TransactionInProgressException",
}


class ConditionFailed(Exception):
    """Rows stood in the way: by the name given to the write, the image of what is there now (None: nothing is)."""

    def __init__(self, images: Mapping[str, Mapping[str, Any] | None]) -> None:
        super().__init__(", ".join(images))
        self.images = images


@contextmanager
def meant() -> Iterator[None]:
    """Turn an error inside into ConditionFailed or TryAgain; leave alone what is a bug (and it becomes a 500)."""
    try:
        yield
    except (BotoCoreError, ClientError, PynamoDBException) as error:
        cause = _cause(error)
        code = _code(cause)
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed({"row": _item(cause)}) from error
        if code is None or code in _THEIR_SIDE or _status(cause) >= _SERVER_ERROR:
            raise TryAgain from error
        raise


def _cause(error: Exception) -> BaseException:
    return getattr(error, "cause", None) or error


def _code(error: BaseException) -> str | None:
    """None where no answer came at all: no connection, no time left."""
    response = getattr(error, "response", None)
    return response["Error"].get("Code") if response else None


def _status(error: BaseException) -> int:
    status: int = _whole(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status


def _item(error: BaseException) -> Mapping[str, Any] | None:
    item: Mapping[str, Any] | None = _whole(error).get("Item")
    return item


def _whole(error: BaseException) -> Mapping[str, Any]:
    """Pynamodb keeps the code of an answer and drops the rest; botocore's error behind it has all."""
    response: Mapping[str, Any] = getattr(error.__cause__ or error, "response", {})
    return response
