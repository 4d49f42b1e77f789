"""Members who become one, before they are given something or while they are: a person has it once."""

from typing import Any

import pytest

from chalicelib.amends.model.amends import Affected, Outcome
from chalicelib.amends.service.giving import Giver
from chalicelib.amends.table import affected, jobs
from chalicelib.amends.table.affected import Search
from chalicelib.ledger.built import ledger
from chalicelib.ledger.service import Ledger
from tests.house import BY, House
from tests.integration.amends.outage import (
    Outage,
    an_outage,
    an_outage_that_touched,
    points,
    run,
    spend,
)


def begun(outage: Outage, *member_ids: str) -> tuple[Giver, dict[str, Affected]]:
    """Giving has begun, and nobody goes on with it yet."""
    assert outage.give(outage.previewed()).status == 201
    head = jobs.read(outage.incident_id)
    assert head
    assert head.giving
    rows = affected.some(Search(head.incident_id, head.round), member_ids)
    return Giver(ledger(), head, head.giving), {one.member_id: one for one in rows}


def test_two_members_who_became_one_are_given_once(house: House) -> None:
    outage = an_outage(house)
    members = ledger().members
    ours = members.log_in("openid-of-a-member", BY)
    theirs = house.register("13800000400")
    for member_id in (ours, theirs):
        spend(house, member_id)
    outage.resolve()
    tag = outage.previewed()
    assert {ours, theirs} <= outage.affected().keys()
    now_one = members.bind_phone(ledger().card(ours).member, "13800000400", ledger(), BY)
    assert outage.give(tag).status == 201
    run()
    assert points(house, now_one) == 50
    outcomes = [outage.affected()[one]["outcome"] for one in (ours, theirs)]
    assert sorted(outcomes) == ["already", "given"]
    assert outage.amends().json["result"]["already"] == 1


def test_who_was_given_something_and_then_became_another_is_given_nothing_more(
    house: House,
) -> None:
    members = ledger().members
    ours = members.log_in("openid-of-one-who-was-given", BY)
    theirs = house.register("13800000450")
    outage = an_outage_that_touched(house, ours, theirs)
    giver, rows = begun(outage, ours, theirs)
    assert giver.give(rows[ours]).state == "given"
    now_one = members.bind_phone(ledger().card(ours).member, "13800000450", ledger(), BY)
    assert now_one == theirs
    assert giver.give(rows[theirs]) == Outcome("already")
    run()
    assert points(house, theirs) == 50


@pytest.mark.parametrize("first", ["who left", "who stays"])
def test_members_who_become_one_while_they_are_given_something_are_given_once(
    house: House, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """The one is about to post when both become one, and the other is given to in between."""
    members = ledger().members
    phone = {"who left": "13800000461", "who stays": "13800000462"}[first]
    ours, theirs = members.log_in(f"openid-of-{first}", BY), house.register(phone)
    outage = an_outage_that_touched(house, ours, theirs)
    giver, rows = begun(outage, ours, theirs)
    whole = Ledger.take
    one, other = (ours, theirs) if first == "who left" else (theirs, ours)
    came: list[Outcome] = []

    def meanwhile(self: Ledger, member_id: str, *rest: Any) -> Any:  # noqa: ANN401
        if member_id == one and not came:
            monkeypatch.undo()
            members.bind_phone(ledger().card(ours).member, phone, ledger(), BY)
            came.append(giver.give(rows[other]))
        return whole(self, member_id, *rest)

    monkeypatch.setattr(Ledger, "take", meanwhile)
    came.append(giver.give(rows[one]))
    run()
    assert points(house, theirs) == 50
    assert sorted(each.state for each in came) == ["already", "given"]
