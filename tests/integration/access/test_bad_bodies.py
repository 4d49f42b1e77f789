"""Every body that is not as declared: a clear problem answer, nothing written, nothing personal said again."""

import base64
import json
from typing import Any

import pytest

from chalicelib.adapters.http import Endpoint
from chalicelib.adapters.http.calls import MOST_BODY_BYTES
from tests.client import Client, Reply
from tests.integration.access.catalogue import TAKING, example, let_in, name_of
from tests.integration.access.mutants import PHONE, bodies, fits, money_places
from tests.integration.access.problems import assert_clear
from tests.integration.access.world import World, ask, changed

_JSON = "application/json; charset=utf-8"
SHAPE = {400, 413, 415, 422}
NOT_KEPT = {*SHAPE, 404, 412, 428}

pytestmark = pytest.mark.parametrize("endpoint", TAKING, ids=name_of)


class Desk:
    """Sends bodies to one endpoint as somebody who may."""

    def __init__(self, world: World, endpoint: Endpoint) -> None:
        self.world, self.endpoint, self.told = world, endpoint, example(endpoint)
        self.client: Client = let_in(world, endpoint)

    def good(self) -> dict[str, Any]:
        assert self.told.body is not None, "an example body is missing in catalogue.py"
        return self.told.body(self.world)

    def send(self, body: str | None, *, is_base64: bool = False, kind: str = _JSON) -> Reply:
        values = {**self.world.values(self.endpoint), **self.told.path(self.world)}
        sent = {**self.told.headers, "content-type": kind}
        return ask(self.client, self.endpoint, values, body=body, headers=sent, base64=is_base64)

    def send_bytes(self, body: bytes) -> Reply:
        return self.send(base64.b64encode(body).decode(), is_base64=True)


@pytest.fixture
def desk(world: World, endpoint: Endpoint) -> Desk:
    return Desk(world, endpoint)


def test_the_example_is_taken(desk: Desk, endpoint: Endpoint) -> None:
    reply = desk.send(json.dumps(desk.good()))
    assert reply.status in endpoint.answers, reply.text


def test_what_does_not_fit_is_refused_and_nothing_is_written(
    desk: Desk, endpoint: Endpoint
) -> None:
    assert endpoint.takes
    wrong = [
        (why, body)
        for why, body in bodies(endpoint.takes, desk.good())
        if not fits(endpoint.takes, body) or " twice" in why
    ]
    before = desk.world.kept()
    for why, body in wrong:
        reply = desk.send(body)
        assert_clear(reply, why, never=(PHONE,))
        assert reply.status in SHAPE, (why, reply.status, reply.text)
        assert reply.status != 422 or reply.json["errors"][0].keys() == {"pointer", "detail"}, why
    assert changed(before, desk.world.kept()) == []
    assert len(wrong) > 50


def test_what_fits_by_type_alone_never_breaks_anything(desk: Desk, endpoint: Endpoint) -> None:
    """Odd times, control characters, strangers' ids: taken or refused, and what is refused leaves no trace."""
    assert endpoint.takes
    odd = [
        (why, body)
        for why, body in bodies(endpoint.takes, desk.good())
        if fits(endpoint.takes, body)
    ]
    again = []
    for why, body in odd:
        reply = desk.send(body)
        assert_clear(reply, why, never=(PHONE,))
        if reply.status in NOT_KEPT:
            again.append((why, body))
    before = desk.world.kept()
    for why, body in again:
        assert desk.send(body).status in NOT_KEPT, why
    assert changed(before, desk.world.kept()) == []


def test_money_is_whole_fen_and_never_below_zero(desk: Desk, endpoint: Endpoint) -> None:
    """But for a correction, which may take."""
    assert endpoint.takes
    for place in money_places(endpoint.takes, desk.good()):
        below_zero = [] if "corrections" in endpoint.path else [-1]
        for amount in (*below_zero, -100_000_001, 1.0, 0.1, 1e2, 100_000_001, 2**63, "1", True):
            reply = desk.send(json.dumps(place.put(amount)))
            assert reply.status == 422, (place.pointer, amount, reply.text)


def test_a_body_of_256_kb_is_taken_and_one_byte_more_is_not(desk: Desk, endpoint: Endpoint) -> None:
    for is_base64 in (False, True):
        room = json.dumps(desk.good()).encode().ljust(MOST_BODY_BYTES)
        full = desk.send_bytes(room) if is_base64 else desk.send(room.decode())
        assert full.status in endpoint.answers, full.text
        over = desk.send_bytes(room + b" ") if is_base64 else desk.send(room.decode() + " ")
        assert_clear(over, is_base64)
        assert (over.status, over.json["code"]) == (413, "too_large")


def test_bytes_that_are_no_text_are_refused(desk: Desk) -> None:
    good = json.dumps(desk.good())
    before = desk.world.kept()
    for raw in (
        b"\xff", good.encode("utf-16"), good.encode()[:-1] + b', "x": "\xc3\x28"}', b"\xed\xa0\x80",
        good.replace(":", ': "\xe9",', 1).encode("latin-1"), b"\x1f\x8b\x08\x00" + b"\x00" * 20,
    ):  # fmt: skip
        reply = desk.send_bytes(raw)
        assert_clear(reply, raw[:20])
        assert reply.status in SHAPE, (raw[:20], reply.text)
    for text in ("!!!", "A", "é", good, "\ud800"):
        reply = desk.send(text, is_base64=True)
        assert_clear(reply, text[:20])
        assert reply.status in SHAPE, (text[:20], reply.text)
    assert changed(before, desk.world.kept()) == []


def test_only_json_is_taken(desk: Desk) -> None:
    body = json.dumps(desk.good())
    before = desk.world.kept()
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "", "json"):
        reply = desk.send(body, kind=kind)
        assert_clear(reply, kind)
        assert reply.status in {400, 415}, (kind, reply.text)
    for missing in (None, ""):
        reply = desk.send(missing)
        assert_clear(reply, missing)
        assert reply.status in SHAPE
    assert changed(before, desk.world.kept()) == []
