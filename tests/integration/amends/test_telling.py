"""Those who were touched are told though they never asked, once, and only where somebody says so."""

from chalicelib.ledger.built import ledger
from tests.house import BY, House
from tests.integration.amends.outage import Outage, an_outage, run, spend


def tell(outage: Outage) -> int:
    return outage.house.office.post(f"{outage.path}/affected/messages", None).status


def told(house: House, member_id: str) -> list[str]:
    items = house.till.get(f"/v1/members/{member_id}/messages?limit=100").json["items"]
    return [one["text"] for one in items if one["kind"] == "outage"]


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
