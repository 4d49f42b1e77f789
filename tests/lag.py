"""What DynamoDB Local never does: a cheap read that does not see yet what was written just now, and other refusals."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

_NOTHING: dict[str, dict[str, Any]] = {
    "GetItem": {},
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
}


@contextmanager
def lagging(table: str) -> Iterator[None]:
    """Inside the block, reads of this table that do not ask for consistency find nothing."""

    def answer(name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        cheap = name in _NOTHING and not body.get("ConsistentRead")
        return (200, _NOTHING[name]) if cheap and body.get("TableName") == table else None

    with _answering(answer):
        yield


@contextmanager
def refusing(operation: str, code: str, status: int = 400) -> Iterator[None]:
    """Inside the block, DynamoDB answers each such request with this error."""

    def answer(name: str, _body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        return (status, {"__type": f"com.amazonaws#{code}"}) if name == operation else None

    with _answering(answer):
        yield


@contextmanager
def _answering(answer: Any) -> Iterator[None]:  # noqa: ANN401 - see above
    send = URLLib3Session.send

    def sent(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        name = (target if isinstance(target, str) else target.decode()).split(".")[1]
        said = answer(name, json.loads(request.body))
        if said is None:
            return send(session, request)
        made = AWSResponse(request.url, said[0], {}, None)
        made._content = json.dumps(said[1]).encode()  # noqa: SLF001 - as if it had been read
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", sent)
        yield
