"""Those who were touched are told though they never asked, once, and only where somebody says so."""

import pytest

from chalicelib.amends.model.amends import Affected, Counts
from chalicelib.amends.service.telling import Teller
from chalicelib.ledger.built import ledger
from tests.house import BY, House
from tests.integration.amends.outage import Outage, an_outage, run, spend


def tell(outage: Outage) -> int:
    return outage.house.office.post(f"{outage.path}/affected/messages", None).status


def told(house: House, member_id: str) -> list[str]:
    """Also as whom they were before they became one: those messages are on the pages that follow."""
    items, cursor = [], ""
    while True:
        page = house.till.get(f"/v1/members/{member_id}/messages?limit=100{cursor}").json
        items += page["items"]
        if not page["next_cursor"]:
            return [one["text"] for one in items if one["kind"] == "outage"]
        cursor = f"&cursor={page['next_cursor']}"


def test_who_was_touched_is_told_once_while_it_is_open_and_not_again_after(house: House) -> None:
    touched, elsewhere = (house.register(f"1370000000{n}") for n in (1, 2))
    outage = an_outage(house, ("s1",))
    spend(house, touched)
    spend(house, elsewhere, "s2")
    outage.previewed()
    assert told(house, touched) == []
    assert tell(outage) == 202
    run()
    assert outage.amends().json["told"] == 1
    (text,) = told(house, touched)
    assert "First Store" in text
    assert "收银故障" in text
    outage.resolve()
    outage.previewed()
    for _ in range(2):
        assert tell(outage) == 202
        run()
    assert len(told(house, touched)) == 1
    assert told(house, elsewhere) == []
    assert outage.amends().json["told"] == 1


def test_nobody_is_told_of_what_the_status_page_holds_back(house: House) -> None:
    member_id = house.register("13700000020")
    outage = an_outage(house)
    spend(house, member_id)
    outage.previewed()
    assert house.office.patch(outage.path, {"public": False}, if_match="*").status == 200
    assert tell(outage) == 409
    run()
    assert told(house, member_id) == []


def test_two_members_who_became_one_are_told_once(house: House) -> None:
    outage = an_outage(house)
    members = ledger().members
    ours = members.log_in("openid-of-one-who-is-told", BY)
    theirs = house.register("13700000010")
    for member_id in (ours, theirs):
        spend(house, member_id)
    outage.previewed()
    now_one = members.bind_phone(ledger().card(ours).member, "13700000010", ledger(), BY)
    assert tell(outage) == 202
    run()
    assert len(told(house, now_one)) == 1


def test_who_was_told_and_then_became_another_is_not_told_again(house: House) -> None:
    outage = an_outage(house, ("s2",))
    members = ledger().members
    ours = members.log_in("openid-of-one-who-was-told", BY)
    spend(house, ours, "s2")
    outage.previewed()
    assert tell(outage) == 202
    run()
    theirs = house.register("13700000030")
    now_one = members.bind_phone(ledger().card(ours).member, "13700000030", ledger(), BY)
    assert now_one == theirs
    for both_are_found in (False, True):
        if both_are_found:
            spend(house, theirs, "s2")
        outage.previewed()
        assert tell(outage) == 202
        run()
        assert len(told(house, theirs)) == 1
        persons = outage.affected().keys() - ({ours} if theirs in outage.affected() else set())
        assert outage.amends().json["told"] == len(persons)


def test_one_member_over_whom_something_breaks_keeps_nobody_from_being_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = (house.register(f"1370000004{n}") for n in range(2))
    outage = an_outage(house, ("s1",))
    for member_id in (broken, well):
        spend(house, member_id)
    outage.previewed()
    whole = Teller._told  # noqa: SLF001 - breaks for one

    def breaks(self: Teller, found: Affected) -> Counts:
        if found.member_id == broken:
            raise ZeroDivisionError
        return whole(self, found)

    with monkeypatch.context() as broke:
        broke.setattr(Teller, "_told", breaks)
        assert tell(outage) == 202
        run()
    assert (told(house, broken), len(told(house, well))) == ([], 1)
    assert outage.amends().json["phase"] == "found"
    assert tell(outage) == 202
    run()
    assert (len(told(house, broken)), len(told(house, well))) == (1, 1)


def test_nobody_is_told_before_they_are_found_nor_after_they_were_given_something(
    house: House,
) -> None:
    outage = an_outage(house)
    assert tell(outage) == 404
    assert outage.preview().status == 202
    assert tell(outage) == 409
    run()
    outage.resolve()
    assert outage.give(outage.previewed()).status == 201
    assert tell(outage) == 409
