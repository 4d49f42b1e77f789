"""Subscribing and leaving by SMS: a code that is typed in, bounded in time, in tries, by number and by caller."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.notices import built
from chalicelib.notices.model.refusals import CodeWrong
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.service import subscribing
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.service.subscribing import Subscribing
from chalicelib.notices.table import asked as asks
from chalicelib.notices.table import subscribers
from infra.upstreams.launch import Running
from tests.client import Reply
from tests.house import BY, House
from tests.integration.notices.bell import ring
from tests.integration.notices.test_by_form import FORM
from tests.integration.notices.test_by_sms import PHONE, received, told, upstreams

__all__ = ["upstreams"]


@pytest.fixture(autouse=True)
def _no_messages(upstreams: Running) -> None:
    upstreams.world.outbox.empty()
    upstreams.world.faults.clear()


def ask(house: House, phone: str = PHONE, **more: object) -> Reply:
    reply = house.public.post("/v1/subscriptions", {"channel": "sms", "address": phone, **more})
    ring()
    return reply


def form(house: House, action: str = "form", **fields: str) -> Reply:
    typed = {"address": PHONE, "language": "zh-CN", **fields}
    reply = house.public.send("POST", f"/v1/subscriptions/{action}", urlencode(typed), FORM)
    ring()
    return reply


def type_in(house: House, code: str, phone: str = PHONE) -> Reply:
    return house.public.post("/v1/subscriptions/code", {"phone": phone, "code": code})


def codes_in(upstreams: Running) -> list[str]:
    return [
        each for sent in received(upstreams) for each in re.findall(r"验证码(\d{6})", sent["text"])
    ]


def code_in(upstreams: Running) -> str:
    """The last one."""
    return codes_in(upstreams)[-1]


def after(begun: datetime, minutes: int) -> Subscribing:
    """As it would be so much later, asked by somebody who is not bounded."""
    then = begun + timedelta(minutes=minutes)
    return replace(built.subscribing(), clock=lambda: then, most_an_hour=1_000)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_who_types_the_code_in_is_told_and_again_is_as_good_as_once(
    house: House, upstreams: Running
) -> None:
    assert ask(house, f"+86 {PHONE}").json == {"status": "to_be_confirmed"}
    for _ in range(2):
        assert type_in(house, code_in(upstreams)).json == {"status": "confirmed"}
    assert told() == {"total": 1, "sent": 1}


def test_a_code_is_worth_five_tries_and_the_sixth_does_not_count_though_it_is_right(
    house: House, upstreams: Running
) -> None:
    ask(house)
    code = code_in(upstreams)
    wrong = [type_in(house, another(code)) for _ in range(5)]
    assert [(each.status, each.json["code"]) for each in wrong] == [(409, "code_wrong")] * 5
    assert type_in(house, code).status == 409
    assert told() == {}


def test_the_fifth_try_counts(house: House, upstreams: Running) -> None:
    ask(house)
    code = code_in(upstreams)
    for _ in range(4):
        type_in(house, another(code))
    assert type_in(house, code).status == 200


@pytest.mark.parametrize(("minutes", "holds"), [(10, True), (11, False)])
def test_a_code_holds_for_ten_minutes(
    house: House, upstreams: Running, minutes: int, *, holds: bool
) -> None:
    ask(house)
    asked = asks.find(subscriber_id(secrets.keyring(), "sms", PHONE))
    assert asked
    later = after(asked.asked_at, minutes)
    if holds:
        later.confirm_by_code("sms", PHONE, code_in(upstreams), BY)
    else:
        with pytest.raises(CodeWrong):
            later.confirm_by_code("sms", PHONE, code_in(upstreams), BY)


def test_a_number_that_nobody_asked_for_is_refused_in_the_same_words(
    house: House, upstreams: Running
) -> None:
    ask(house)
    known, unknown = (
        type_in(house, another(code_in(upstreams)), phone) for phone in (PHONE, "13900000000")
    )
    assert (known.status, known.json["hint"]) == (unknown.status, unknown.json["hint"])


def test_a_number_gets_three_codes_at_the_most_each_another_and_each_minutes_apart(
    upstreams: Running,
) -> None:
    begun, sent = clock.now(), []
    for minutes in (0, 4, 6, 10, 12, 18, 24):
        after(begun, minutes).ask("sms", Contact(PHONE), Scope(), "zh-CN", BY)
        sent += [minutes] * ring()
    assert sent == [0, 6, 12]
    assert len(set(codes_in(upstreams))) == 3


def test_who_tries_numbers_one_after_another_is_stopped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "on_one_machine", lambda: False)
    built.forget()
    guesses = [type_in(house, "123456", f"138000{n:05d}").status for n in range(21)]
    assert guesses == [409] * 20 + [429]


def test_only_so_many_codes_an_hour_are_sent_whoever_asks_for_them(
    house: House, upstreams: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upstreams
    monkeypatch.setattr(subscribing, "MOST_CODES_AN_HOUR", 3)
    phones = [PHONE, PHONE, "13900000001", "13900000002"]
    assert [ask(house, phone).status for phone in phones] == [202, 202, 202, 429]
    page = form(house, scope="all", wish="leave")
    assert (page.status, "一小时后再试" in page.text) == (429, True)


def test_by_the_form_the_second_page_asks_for_the_code_and_knows_the_number(
    house: House, upstreams: Running
) -> None:
    page = form(house, scope="all")
    assert page.status == 202
    assert f'name="address" value="{PHONE}"' in page.text
    assert 'action="code-form"' in page.text
    wrong = form(house, "code-form", code="12 34")
    assert wrong.status == 409
    assert "验证码不对" in wrong.text
    assert 'action="code-form"' in wrong.text
    assert form(house, "code-form", code=code_in(upstreams)).status == 200
    assert told() == {"total": 1, "sent": 1}


def test_who_leaves_by_the_form_types_a_code_too_and_nothing_is_kept(
    house: House, upstreams: Running
) -> None:
    ask(house)
    type_in(house, code_in(upstreams))
    upstreams.world.outbox.empty()
    first = form(house, scope="all", wish="leave")
    assert first.status == 202
    assert told(1) == {"total": 1, "sent": 1}, "the wish alone ends nothing"
    left = form(house, "code-form", code=code_in(upstreams))
    assert left.status == 200
    assert told(2) == {}
    assert subscribers.subscriber(subscriber_id(secrets.keyring(), "sms", PHONE)) is None


def test_who_never_subscribed_gets_no_code_for_leaving_and_the_same_page(
    house: House, upstreams: Running
) -> None:
    page = form(house, scope="all", wish="leave")
    assert page.status == 202
    assert "六位验证码" in page.text
    assert received(upstreams) == []
