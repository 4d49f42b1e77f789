"""What is prepared for the first minutes of an incident, and how the page reckons."""

from datetime import datetime, timedelta
from typing import Any

from tests.house import House
from tests.integration.outages.conftest import Operator

BOTH = {"zh": "短信延迟", "en": "Messages are late"}
PATH = "/v1/incident-templates/sms-late"


def prepared(**more: object) -> dict[str, Any]:
    return {"name": BOTH, "body": BOTH, **more}


def test_an_incident_is_reported_as_it_was_prepared_at_the_stores_that_are_named(
    house: House, operator: Operator
) -> None:
    part = operator.component()
    house.office.put("/v1/status-stores/s3", {"name": {"zh": "三店"}})
    named = [{"component_id": part, "status": "major_outage"}]
    kept = house.office.put(
        PATH, prepared(severity="sev2", components=named, next_update_minutes=20)
    )
    assert kept.status == 200
    assert house.office.get("/v1/incident-templates").json["items"] == [kept.json]
    asked = {"store_ids": ["s3"]}
    first, again = (
        house.office.post(f"{PATH}/incidents", asked, idempotency_key="t-1") for _ in range(2)
    )
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    made = first.json
    assert (made["name"], made["severity"]) == (BOTH, "sev2")
    assert made["components"][0]["stores"] == {"s3": "major_outage"}
    due, since = (datetime.fromisoformat(made[key]) for key in ("next_update_due_at", "created_at"))
    assert timedelta(minutes=19) < due - since <= timedelta(minutes=20)


def test_a_template_is_in_both_languages_and_of_what_there_is(house: House) -> None:
    for wrong in (
        {"name": {"zh": "慢"}},
        {"body": {"en": "slow"}},
        {"components": [{"component_id": "a" * 12, "status": "major_outage"}]},
    ):
        assert house.office.put(PATH, prepared(**wrong)).status == 422
    assert house.office.get("/v1/incident-templates").json["items"] == []


def test_what_is_not_prepared_is_not_found(house: House) -> None:
    assert house.office.put(PATH, prepared()).status == 200
    assert house.office.delete(PATH).status == 204
    assert house.office.delete(PATH).status == 404
    assert house.office.post(f"{PATH}/incidents", {}).status == 404
    assert house.office.put("/v1/incident-templates/No Name", prepared()).status == 404


def test_the_page_reckons_as_operators_say(house: House) -> None:
    path = "/v1/status-settings"
    before = house.office.get(path)
    assert before.json["partial_weight"] == 0.3
    changed = house.office.patch(path, {"partial_weight": 0.5}, if_match=before.headers["ETag"])
    assert (changed.status, changed.json["time_zone"]) == (200, "Asia/Shanghai")
    assert house.office.get(path).json["partial_weight"] == 0.5
    for wrong in ({"partial_weight": 1.1}, {"time_zone": "Mars/Olympus"}):
        assert house.office.patch(path, wrong, if_match="*").status == 422
    assert house.office.patch(path, {}, if_match='"77"').status == 412
