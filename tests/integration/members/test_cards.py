"""A card's life at the till: shown without a line, mistyped, lost, found, replaced."""

import base64
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.tables import ConditionFailed, Transaction
from chalicelib.kernel import clock
from chalicelib.ledger import built
from chalicelib.ledger.service import Ledger
from chalicelib.members import offline_card
from chalicelib.members.model import Member, luhn
from tests.house import BY, House

Change = Callable[[Transaction, Member], Member]


def new_phone() -> str:
    return f"136{random.randrange(10**8):08d}"


def desk() -> Ledger:
    return built.ledger()


def member_of(member_id: str) -> Member:
    return desk().card(member_id, consistent=True).member


def lookup(house: House, **by: str) -> Any:  # noqa: ANN401 - JSON
    reply = house.till.post("/v1/members/lookup", by)
    assert reply.status == 200, reply.text
    return reply.json


def found(house: House, **by: str) -> list[str]:
    return [item["member_id"] for item in lookup(house, **by)["items"]]


def code_of(member: Member) -> str:
    return desk().members.code(member)[0]


def done(change: Change, member: Member) -> Member:
    transaction = Transaction()
    now = change(transaction, member)
    transaction.commit()
    return now


def lose(member: Member) -> Member:
    return done(lambda t, m: desk().members.report_lost(t, m, BY), member)


def find_again(member: Member) -> Member:
    return done(lambda t, m: desk().members.found_again(t, m, BY), member)


def replace(member: Member) -> Member:
    return done(lambda t, m: desk().members.replace_card(t, m, BY), member)


def test_the_card_on_the_phone_is_read_with_the_published_keys(house: House) -> None:
    member_id = house.register(new_phone())
    mine = house.member(member_id).get("/v1/me/code").json
    published = house.public.get("/v1/offline-keys")
    keys = {
        item["kid"]: base64.urlsafe_b64decode(item["public_key"] + "=")
        for item in published.json["items"]
    }
    card = offline_card.read(mine["offline_card"], keys, clock.now())
    assert (card.member_id, card.card_no) == (member_id, member_of(member_id).card_no)
    assert clock.text(card.expires_at) == mine["offline_card_expires_at"]
    assert card.expires_at - card.issued_at == timedelta(days=7)


def test_the_keys_are_everybody_s_and_may_be_kept_for_an_hour(house: House) -> None:
    keys = house.public.get("/v1/offline-keys")
    assert (keys.status, keys.headers["Cache-Control"]) == (200, "public, max-age=3600")
    again = house.public.get("/v1/offline-keys", if_none_match=keys.headers["ETag"])
    assert (again.status, again.text) == (304, "")
    assert [list(item) for item in keys.json["items"]] == [["kid", "public_key"]]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("61234", "has 12 digits"),
        ("6" * 13, "has 12 digits"),
        ("6000 0000 0001", "mistyped"),
        ("6000 0000 000" + luhn("60000000000"), "no such card"),
    ],
)
def test_a_number_that_opens_nothing_is_told_why(house: House, number: str, said: str) -> None:
    answer = lookup(house, card_no=number)
    assert answer["items"] == []
    assert said in answer["hint"]


def test_a_lost_card_opens_nothing_but_its_member_is_found_by_phone(house: House) -> None:
    phone = new_phone()
    member = member_of(house.register(phone))
    code = code_of(member)
    lost = lose(member)
    assert member_of(member.member_id) == lost
    for way in ({"card_no": member.card_no}, {"code": code}):
        answer = lookup(house, **way)
        assert answer["items"] == []
        assert "reported lost" in answer["hint"]
        assert phone[-4:] not in str(answer)
    assert found(house, phone=phone) == [member.member_id]
    refused = house.member(member.member_id).get("/v1/me/code")
    assert (refused.status, refused.json["code"]) == (409, "card_lost")


def test_a_card_that_is_found_again_opens_as_before(house: House) -> None:
    member = member_of(house.register(new_phone()))
    again = find_again(lose(member))
    assert again.card_no == member.card_no
    assert found(house, card_no=member.card_no) == [member.member_id]
    assert house.member(member.member_id).get("/v1/me/code").status == 200


def test_reporting_a_loss_twice_keeps_the_day_of_the_first(house: House) -> None:
    member = member_of(house.register(new_phone()))
    lost = lose(member)
    transaction = Transaction()
    assert desk().members.report_lost(transaction, lost, BY) is lost
    assert desk().members.found_again(transaction, member, BY) is member


def test_the_old_number_and_its_codes_open_nothing_once_a_card_is_replaced(house: House) -> None:
    phone = new_phone()
    member = member_of(house.register(phone))
    code = code_of(member)
    now = replace(lose(member))
    assert member_of(member.member_id) == now
    assert (now.card_lost_at, now.card_no != member.card_no) == (None, True)
    for way in ({"card_no": member.card_no}, {"code": code}):
        answer = lookup(house, **way)
        assert answer["items"] == []
        assert "was replaced" in answer["hint"]
    for way in ({"card_no": now.card_no}, {"code": code_of(now)}, {"phone": phone}):
        assert found(house, **way) == [member.member_id]


def test_no_number_of_a_member_comes_to_life_again(house: House) -> None:
    member = first = member_of(house.register(new_phone()))
    numbers = [member.card_no]
    for _ in range(3):
        member = replace(member)
        numbers.append(member.card_no)
    member = find_again(lose(member))
    for number in numbers[:-1]:
        assert "was replaced" in lookup(house, card_no=number)["hint"]
    assert found(house, card_no=numbers[-1]) == [first.member_id]


def joined(house: House, *, lost: bool = False) -> tuple[Member, list[str]]:
    """A member of the counter whom one of the app was joined into, and the numbers of both."""
    phone = new_phone()
    counter = member_of(house.register(phone))
    app = member_of(desk().members.log_in(f"openid {phone}", BY))
    app = lose(app) if lost else app
    desk().members.bind_phone(app, phone, desk(), BY)
    return member_of(counter.member_id), [counter.card_no, app.card_no]


def test_of_members_who_became_one_every_old_number_is_replaced(house: House) -> None:
    member, numbers = joined(house)
    assert [found(house, card_no=number) for number in numbers] == [[member.member_id]] * 2
    now = replace(member)
    for number in numbers:
        assert "was replaced" in lookup(house, card_no=number)["hint"]
    assert found(house, card_no=now.card_no) == [member.member_id]


def test_a_number_that_was_replaced_twice_keeps_the_day_of_the_first_time(house: House) -> None:
    member, numbers = joined(house)
    lost = lose(member)
    again = lose(replace(lost))
    now = replace(again)
    for number in numbers:
        assert desk().members.cards_lost_since([number]) == {number: lost.card_lost_at}
    both = desk().members.cards_lost_since({again.card_no, now.card_no})
    assert both == {again.card_no: again.card_lost_at}


def test_a_lost_card_stays_lost_when_its_member_joins_another(house: House) -> None:
    member, numbers = joined(house, lost=True)
    assert member.card_lost_at
    for number in numbers:
        assert "reported lost" in lookup(house, card_no=number)["hint"]


@pytest.mark.parametrize("change", [lose, find_again, replace])
def test_a_change_upon_an_old_reading_writes_nothing(
    house: House, change: Callable[[Member], Member]
) -> None:
    member = lose(member_of(house.register(new_phone())))
    stale = member if change is not lose else find_again(member)
    house.member(member.member_id).patch("/v1/me", {"name": "新名"})
    with pytest.raises(ConditionFailed) as failed:
        change(stale)
    assert set(failed.value.images) == {"profile"}
    now = member_of(member.member_id)
    assert (now.card_no, now.name) == (member.card_no, "新名")
    assert now.card_lost_at == stale.card_lost_at
    assert desk().members.by_card(member.card_no).member_ids == [member.member_id]


def test_a_new_number_that_is_taken_is_named_so_that_another_is_drawn(house: House) -> None:
    member, other = (member_of(house.register(new_phone())) for _ in range(2))
    transaction = Transaction()
    desk().members.registry.lock_card(transaction, member.member_id, other.card_no, BY)
    with pytest.raises(ConditionFailed) as failed:
        transaction.commit()
    assert set(failed.value.images) == {"card"}


def test_since_when_a_number_is_lost_is_known_of_each(house: House) -> None:
    members = desk().members
    member = member_of(house.register(new_phone()))
    assert members.cards_lost_since([member.card_no]) == {}
    lost = lose(member)
    assert members.cards_lost_since([member.card_no]) == {}, "it may be found again"
    now = replace(lost)
    known = members.cards_lost_since([member.card_no, now.card_no, "600000000000"])
    assert known == {member.card_no: lost.card_lost_at}
    assert members.cards_lost_since([f"{number:012d}" for number in range(150)]) == {}
