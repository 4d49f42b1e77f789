"""What the status room's functions really ask of the tables, held against what their roles let through."""

from datetime import timedelta

import pytest

from chalicelib.access import service
from chalicelib.front import publishing
from chalicelib.kernel import clock
from chalicelib.outages import journal
from chalicelib.outages.publishing import publishing as site
from tests.house import BY, House
from tests.integration.outages.conftest import Operator
from tests.integration.outages.test_journal import Memory, written
from tests.integration.probes.conftest import Round, clean
from tests.roles import Touch, lets, touched

WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


@pytest.fixture
def operator(house: House, tables: dict[str, str]) -> Operator:
    clean(tables)
    return Operator(house.office)


def refused(function: str, seen: set[Touch]) -> set[Touch]:
    return {each for each in seen if not lets(function, each)}


def written_to(seen: set[Touch], table: str = "outages") -> set[str]:
    found = [each for each in seen if each.table == table and each.action in WRITES]
    return {each.partition.partition("#")[0] for each in found}


def test_operators_do_all_that_they_do_to_the_page_within_the_role(
    house: House, operator: Operator
) -> None:
    begins, ends = (clock.text(clock.now() + timedelta(hours=each)) for each in (2, 3))
    both = {"zh": "慢", "en": "slow"}
    template = "/v1/incident-templates/slow"
    office = house.office
    with touched() as seen:
        part = operator.component()
        incident = operator.report((part, "major_outage"))["incident_id"]
        operator.update(incident, "resolved")
        operator.plan(part, begins, ends, recurrence={"every": "week"})
        named = {"name": both, "body": both}
        replies = [
            office.post("/v1/components", {"name": both}, idempotency_key="k"),
            office.patch(f"/v1/components/{part}", {"status": "major_outage"}, if_match="*"),
            office.put("/v1/status-stores/s3", {"name": both}),
            office.put(template, named),
            office.post(f"{template}/incidents", {}, idempotency_key="t"),
            office.delete(template),
            office.get("/v2/summary.json"),
            office.get("/v1/maintenances"),
        ]
    assert [each.status for each in replies] == [201, 200, 200, 200, 201, 204, 200, 200]
    assert refused("status_handler", seen) == set()
    assert written_to(seen) == {"PAGE", "CHANGES", "NAME", "NOTICES", "SERIES", "TEMPLATES"}


def test_the_page_is_made_told_of_and_given_the_journal_within_the_role(
    operator: Operator,
) -> None:
    part = operator.component()
    operator.report((part, "major_outage"), next_update_due_at=clock.text(clock.now()))
    bucket = Memory()
    written(bucket, part)
    site.cache_clear()
    with touched() as seen:
        assert journal.take_in([bucket]) == 2  # type: ignore[list-item] # stands for a Bucket
        publishing.by_the_clock(lambda: True)
    assert refused("publish", seen) == set()
    assert written_to(seen) == {"PAGE", "NAME", "NOTICES"}
    assert written_to(seen, "subscribers") == {"NOTICE", "NOTICES", "ABOUT", "SHARD"}


def test_probes_move_the_page_within_their_role(operator: Operator, tables: dict[str, str]) -> None:
    assert operator.component(part="database")
    rounds = Round(operator.client, clock.now(), tables)
    with touched() as seen:
        rounds.broken = {"database_write"}
        rounds.minutes(5)
        rounds.broken = set()
        rounds.minutes(12)
    assert refused("probe", seen) == set()
    assert {"PAGE", "CHANGES"} <= written_to(seen)


def test_an_operators_key_and_its_copy_come_and_go_within_the_role_of_the_api_alone(
    house: House,
) -> None:
    assert house.till
    with touched() as seen:
        key, _ = service.issue_operator_key("short", ("operator",), clock.now(), BY)
        service.revoke_key(None, key.key_id, clock.now(), BY)
    assert written_to(seen) == {"KEY"}
    assert refused("api_handler", seen) == set()
    for function in ("status_handler", "publish", "probe"):
        assert written_to(refused(function, seen)) == {"KEY"}
