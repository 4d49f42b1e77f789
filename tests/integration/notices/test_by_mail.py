"""From a form to a letter: asked, confirmed, told once, left; over the real edges and a mail relay near by."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import email, tables
from chalicelib.kernel import clock
from chalicelib.notices import built
from chalicelib.notices.service.handing_over import Ringing
from chalicelib.notices.table.turns import TABLE
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests import standins
from tests.client import Reply
from tests.house import House, set_to
from tests.integration.notices.bell import a_notice, ring

ADDRESS = "wang@example.com"
BUSY = {"endpoint": "smtp", "kind": "smtp_reply", "code": 451, "phase": "rcpt"}
LINK = re.compile(r"https://status\.example/api(/v1/subscriptions/[0-9a-f]+/(?:confirm|leave))")


@pytest.fixture(scope="module")
def relay(house: House) -> Iterator[Running]:
    assert house
    with launch.start() as running:
        settings = {**standins.mail(running), "STATUS_BASE_URL": "https://status.example"}
        with set_to(settings, forget):
            yield running


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
        ring(everywhere=True)
    asked, told = letters(relay)
    assert "Confirm" in asked["subject"]
    assert told["subject"] == "[灯塔] Incident update: Tills are slow"
    assert "Chinese only" in told["text"]
    figures = house.office.get("/v1/notices/n1").json
    assert (figures["total"], figures["sent"], figures["shards_done"]) == (1, 1, 64)


def test_nothing_is_sent_to_an_address_that_did_not_confirm(house: House, relay: Running) -> None:
    subscribe(house)
    ring()
    built.hand_over([a_notice()])
    ring()
    assert len(letters(relay)) == 1


def test_a_look_at_the_link_changes_nothing_and_a_second_tap_is_as_good_as_one(
    house: House, relay: Running
) -> None:
    subscribe(house)
    ring()
    link = link_in(letters(relay)[-1])
    page = house.public.get(link)
    assert page.status == 200
    assert '<form method="post">' in page.text
    assert ADDRESS not in page.text
    built.hand_over([a_notice()])
    ring()
    assert len(letters(relay)) == 1
    for _ in range(2):
        assert house.public.send("POST", link, "").status == 200


def test_who_leaves_by_one_tap_is_told_no_more_and_nothing_is_kept(
    house: House, relay: Running
) -> None:
    confirmed(house, relay)
    built.hand_over([a_notice()])
    ring()
    leave = link_in(letters(relay)[-1])
    assert leave.endswith("/leave")
    assert house.public.get(leave).status == 200
    for _ in range(2):
        tapped = house.public.send(
            "POST", leave, "List-Unsubscribe=One-Click", {"content-type": "application/x-www-form-urlencoded"}
        )  # fmt: skip
        assert tapped.status == 200
    built.hand_over([a_notice(2, overtakes="another")])
    ring()
    assert len(letters(relay)) == 2
    kept = str([image for image in tables.scan(TABLE).images if "contact" in image])
    assert kept == "[]"


def test_asking_again_is_silent_where_nothing_new_is_asked_for(
    house: House, relay: Running
) -> None:
    confirmed(house, relay)
    assert subscribe(house, ADDRESS.upper()).json == {"status": "to_be_confirmed"}
    assert ring() == 0
    assert len(letters(relay)) == 1


def test_asking_for_more_is_confirmed_again_and_joined(house: House, relay: Running) -> None:
    tills, sms = "a" * 12, "b" * 12
    confirmed(house, relay, component_ids=[tills])
    subscribe(house, component_ids=[sms])
    ring()
    built.hand_over([a_notice(1, component_ids=(sms,))])
    ring()
    assert house.office.get("/v1/notices/n1").json["total"] == 0
    assert house.public.send("POST", link_in(letters(relay)[-1]), "").status == 200
    built.hand_over(
        [a_notice(n, component_ids=(c,), overtakes=c) for n, c in ((2, tills), (3, sms))]
    )
    ring()
    assert [house.office.get(f"/v1/notices/n{n}").json["sent"] for n in (2, 3)] == [1, 1]


def test_an_address_is_not_flooded_with_questions(house: House, relay: Running) -> None:
    for component in "abc":
        subscribe(house, component_ids=[component * 12])
        ring()
    assert len(letters(relay)) == 1
    assert house.public.send("POST", link_in(letters(relay)[0]), "").status == 200
    built.hand_over([a_notice(1, component_ids=("c" * 12,))])
    ring()
    assert house.office.get("/v1/notices/n1").json["sent"] == 1


def test_a_relay_that_is_away_is_asked_again_by_the_clock(house: House, relay: Running) -> None:
    relay.world.faults.order(msgspec.convert(BUSY, Fault))
    subscribe(house)
    ring()
    assert letters(relay) == []
    later = clock.now() + timedelta(minutes=5)
    Ringing(lambda: later).run(lambda: True)
    ring()
    assert len(letters(relay)) == 1


def test_no_address_stands_in_the_table_or_in_the_answer(house: House, relay: Running) -> None:
    confirmed(house, relay)
    assert "wang" not in str(tables.scan(TABLE).images)


@pytest.mark.parametrize(
    "address", ["wang", "wang@example", "a b@example.com", "wang@example.com\r\nBcc: x@y.zz", "王@example.com"]
)  # fmt: skip
def test_what_is_no_address_is_refused(house: House, address: str) -> None:
    refused = subscribe(house, address)
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/address"
