"""From a form to a letter: asked, confirmed, told once, left; over the real edges and a mail relay near by."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import config
from chalicelib.adapters import email, secrets
from chalicelib.notices import built
from infra.upstreams import launch
from infra.upstreams.launch import Running
from tests.client import Reply
from tests.house import House
from tests.integration.notices.bell import a_notice, ring

ADDRESS = "wang@example.com"
LINK = re.compile(r"https://status\.example/api(/v1/subscriptions/[0-9a-f]+/(?:confirm|leave))")


@pytest.fixture(scope="module")
def relay(house: House) -> Iterator[Running]:
    assert house
    was = dict(os.environ)
    with launch.start() as running:
        os.environ |= {
            "SMTP_URL_PARAM": "/test/smtp",
            "MAIL_FROM": "dengta@example.com",
            "STATUS_BASE_URL": "https://status.example",
        }
        secrets.know({"/test/smtp": f"smtp://127.0.0.1:{running.smtp_port}"})
        forget()
        yield running
    os.environ.clear()
    os.environ.update(was)
    forget()


def forget() -> None:
    config.settings.cache_clear()
    email.mailer.cache_clear()
    built.forget()


@pytest.fixture(autouse=True)
def _no_letters(relay: Running) -> None:
    relay.world.outbox.empty()


def subscribe(house: House, address: str = ADDRESS, **more: Any) -> Reply:  # noqa: ANN401
    return house.public.post("/v1/subscriptions", {"channel": "email", "address": address, **more})


def letters(relay: Running, address: str = ADDRESS) -> list[dict[str, Any]]:
    return list(relay.world.outbox.find("mail", address))


def link_in(letter: dict[str, Any]) -> str:
    found = LINK.search(letter["text"])
    assert found, letter["text"]
    return found[1]


def confirmed(house: House, relay: Running, address: str = ADDRESS, **more: Any) -> None:  # noqa: ANN401
    assert subscribe(house, address, **more).status == 202
    ring()
    assert house.public.send("POST", link_in(letters(relay, address)[-1]), "").status == 200


def test_a_confirmed_address_gets_one_letter_of_one_notice(house: House, relay: Running) -> None:
    confirmed(house, relay)
    for _ in range(2):
        built.hand_over([a_notice()])
        ring()
    asked, told = letters(relay)
    assert "Confirm" in asked["subject"]
    assert told["subject"] == "[灯塔] Incident update: Tills are slow"
    assert "Chinese only" in told["text"]
    figures = house.office.get("/v1/notices/n1").json
    assert (figures["total"], figures["sent"], figures["shards_done"]) == (1, 1, 64)
