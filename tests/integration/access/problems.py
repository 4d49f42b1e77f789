"""What every refusal looks like."""

import json

from tests.client import Reply

_MEMBERS = {"type", "title", "status", "detail", "instance", "code"}


def assert_clear(reply: Reply, about: object, *, never: tuple[str, ...] = ()) -> None:
    """No 5xx; a refusal is a problem document that names itself and its request, and says nothing of what is `never`
    to be said.
    """
    assert reply.status < 500, (about, reply.text)
    reply.text.encode()
    assert reply.headers["X-Request-Id"], about
    if reply.status < 400:
        return
    document = json.loads(reply.text)
    assert reply.headers["Content-Type"] == "application/problem+json", about
    assert set(document) >= _MEMBERS, (about, document)
    assert document["status"] == reply.status, about
    assert document["instance"] == reply.headers["X-Request-Id"], about
    assert [word for word in never if word in reply.text] == [], (about, reply.text)
    if reply.status == 401:
        assert reply.headers["WWW-Authenticate"] == "Bearer", about
    if reply.status == 429:
        assert int(reply.headers["Retry-After"]) > 0, about
    if document["code"] == "permission_denied":
        assert document["missing"], about
        assert document["granted_by"], about
