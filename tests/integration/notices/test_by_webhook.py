"""Webhooks against an endpoint near by: asked first, told signed, bounded in time and size, never redirected."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.adapters import secrets
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable, UpstreamError
from chalicelib.adapters.webhook import Webhooks
from chalicelib.kernel import stamp
from chalicelib.notices import built
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table import asked as asks
from tests.house import House
from tests.integration.notices.bell import a_notice, ring

SECRET = "a-secret-of-this-test"
BY = stamp.system("test")


@dataclass
class Endpoint:
    """`status` and `says` are its answers; where it says nothing, it says back what it was asked."""

    url: str = ""
    status: int = 200
    says: bytes | None = None
    slow_s: float = 0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def notices(self) -> list[dict[str, Any]]:
        said = [json.loads(body) for _, body in self.heard]
        return [each for each in said if each["type"] == "notice"]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append((dict(self.headers), body))
            time.sleep(made.slow_s)
            self.send_response(made.status)
            self.send_header("Location", made.url)
            self.end_headers()
            self.wfile.write(body if made.says is None else made.says)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def subscribe(house: House, endpoint: Endpoint, secret: str = SECRET, **more: Any) -> None:  # noqa: ANN401
    built.forget()
    body = {"channel": "webhook", "address": endpoint.url, "secret": secret, **more}
    assert house.public.post("/v1/subscriptions", body).status == 202
    ring()


def told_of(number: int, house: House) -> dict[str, Any]:
    built.hand_over([a_notice(number, overtakes=f"another {number}")])
    ring()
    figures: dict[str, Any] = house.office.get(f"/v1/notices/n{number}").json
    return figures


def test_an_endpoint_that_says_the_challenge_back_is_told_signed(
    house: House, endpoint: Endpoint
) -> None:
    subscribe(house, endpoint)
    assert told_of(1, house)["sent"] == 1
    (notice,) = endpoint.notices
    assert notice["incident"]["name"] == "Tills are slow"
    assert signed_with(endpoint, SECRET)


def signed_with(endpoint: Endpoint, secret: str) -> bool:
    """What it heard last."""
    headers, body = endpoint.heard[-1]
    at, signature = (part.partition("=")[2] for part in headers["Dengta-Signature"].split(","))
    wanted = hmac.digest(secret.encode(), at.encode() + b"." + body, "sha256").hex()
    return signature == wanted


@pytest.mark.parametrize("scope", [{}, {"component_ids": ["a" * 12]}])
def test_a_stranger_gives_a_known_webhook_no_other_secret(
    house: House, endpoint: Endpoint, scope: dict[str, Any]
) -> None:
    subscribe(house, endpoint, component_ids=["b" * 12])
    subscribe(house, endpoint, "a-secret-of-a-stranger", **scope)
    assert len(endpoint.heard) == 2
    assert signed_with(endpoint, SECRET)
    assert told_of(1, house)["sent"] == 1
    assert signed_with(endpoint, SECRET)


def test_what_was_asked_for_before_the_webhook_was_known_brings_no_other_secret_either(
    house: House, endpoint: Endpoint
) -> None:
    body = {"channel": "webhook", "address": endpoint.url, "secret": "a-secret-of-a-stranger"}
    assert house.public.post("/v1/subscriptions", body).status == 202
    who = subscriber_id(secrets.keyring(), "webhook", endpoint.url)
    built.subscribing().put("webhook", Contact(endpoint.url, SECRET), Scope(), "en", BY)
    ring()
    assert told_of(1, house)["sent"] == 1
    assert signed_with(endpoint, SECRET)
    assert asks.find(who) is None


def test_a_webhook_that_was_put_aside_keeps_its_secret_and_one_that_left_takes_another(
    house: House, endpoint: Endpoint
) -> None:
    subscribe(house, endpoint)
    endpoint.status = 410
    assert told_of(1, house)["failed"] == 1
    endpoint.status = 200
    subscribe(house, endpoint, "another-secret-of-its-owner")
    assert told_of(2, house)["sent"] == 1
    assert signed_with(endpoint, SECRET)
    leave = endpoint.notices[-1]["meta"]["unsubscribe"].partition("/v1/")[2]
    assert house.public.send("POST", f"/v1/{leave}", "").status == 200
    subscribe(house, endpoint, "another-secret-of-its-owner")
    assert told_of(3, house)["sent"] == 1
    assert signed_with(endpoint, "another-secret-of-its-owner")


def test_an_endpoint_that_says_yes_to_everything_is_told_nothing(
    house: House, endpoint: Endpoint
) -> None:
    endpoint.says = b"ok"
    subscribe(house, endpoint)
    assert told_of(1, house)["total"] == 0
    assert endpoint.notices == []


def test_an_endpoint_that_is_gone_for_good_is_asked_no_more(
    house: House, endpoint: Endpoint
) -> None:
    subscribe(house, endpoint)
    endpoint.status = 410
    assert told_of(1, house)["failed"] == 1
    assert told_of(2, house)["total"] == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Refused), (307, Refused), (404, Refused), (429, Unreachable), (500, Unreachable), (503, Unreachable),
        (504, Unknown), (408, Unknown),
    ],
)  # fmt: skip
def test_what_an_answer_means(endpoint: Endpoint, status: int, error: type[UpstreamError]) -> None:
    endpoint.status = status
    with pytest.raises(error):
        Webhooks(5, nearby=True).post(endpoint.url, b"{}", {})
    assert len(endpoint.heard) == 1


def test_a_silent_endpoint_is_left_in_doubt(endpoint: Endpoint) -> None:
    endpoint.slow_s = 1
    with pytest.raises(Unknown):
        Webhooks(0.2, nearby=True).post(endpoint.url, b"{}", {})


def test_no_more_is_read_than_there_is_use_for(endpoint: Endpoint) -> None:
    endpoint.says = b"x" * 1_000_000
    assert len(Webhooks(5, nearby=True).post(endpoint.url, b"{}", {})) == 64 * 1024


def test_what_lies_near_by_is_not_called_in_earnest(endpoint: Endpoint) -> None:
    with pytest.raises(Refused):
        Webhooks(1).post(endpoint.url, b"{}", {})
    with pytest.raises(Refused):
        Webhooks(1).post(endpoint.url.replace("http:", "https:"), b"{}", {})
    assert endpoint.heard == []
