"""Mending what was said, some stores only, who does what, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from tests.house import House
from tests.integration.outages.conftest import Operator


@pytest.fixture
def part(operator: Operator) -> str:
    return operator.component()


def effective(house: House) -> str:
    (listed,) = house.office.get("/v1/components").json["items"]
    found: str = listed["effective_status"]
    return found


def latest(incident: dict[str, Any]) -> str:
    found: str = incident["updates"][0]["update_id"]
    return found


def test_what_is_mended_or_taken_back_changes_what_follows_from_it(
    house: House, operator: Operator, part: str
) -> None:
    told = operator.report((part, "degraded_performance"))
    path = f"/v1/incidents/{told['incident_id']}"
    wrong = operator.update(told["incident_id"], "resolved", (part, "operational"))
    update = f"{path}/updates/{latest(wrong)}"
    named = [{"component_id": part, "status": "major_outage"}]
    mended = house.office.patch(
        update, {"status": "identified", "components": named}, if_match="*"
    ).json
    assert (mended["status"], mended["impact"], effective(house)) == (
        "identified", "critical", "major_outage",
    )  # fmt: skip
    assert mended["updates"][0]["components"][0]["old_status"] == "degraded_performance"
    after = house.office.delete(update, if_match=f'"{mended["version"]}"').json
    assert (after["status"], len(after["updates"])) == ("investigating", 1)
    assert effective(house) == "degraded_performance"
    last = house.office.delete(f"{path}/updates/{latest(after)}", if_match="*")
    assert (last.status, last.json["code"]) == (409, "last_update")


def test_mending_nothing_writes_nothing(
    house: House, operator: Operator, requests: list[str]
) -> None:
    told = operator.report()
    path = f"/v1/incidents/{told['incident_id']}/updates/{latest(told)}"
    requests.clear()
    again = house.office.patch(path, {"body": told["updates"][0]["body"]}, if_match="*")
    assert again.json == told
    assert set(requests) == {"GetItem", "Query"}


def test_an_update_that_is_not_there_is_not_found(house: House, operator: Operator) -> None:
    path = f"/v1/incidents/{operator.report()['incident_id']}/updates/nosuchupdate"
    assert house.office.patch(path, {}, if_match="*").status == 404
    assert house.office.delete(path, if_match="*").status == 404


def test_what_touches_some_stores_is_a_part_of_the_whole(
    house: House, operator: Operator, part: str
) -> None:
    assert house.office.put("/v1/status-stores/s3", {"name": {"zh": "三店"}}).status == 200
    named = [{"component_id": part, "status": "major_outage", "store_ids": ["s3"]}]
    told = operator.report(components=named)
    assert told["components"] == [
        {"component_id": part, "status": "partial_outage", "stores": {"s3": "major_outage"}}
    ]
    assert effective(house) == "partial_outage"
    unknown = [{**named[0], "store_ids": ["s3", "s9"]}]
    refused = house.office.post(
        "/v1/incidents", {"name": {"zh": "慢"}, "body": {"zh": "慢"}, "components": unknown}
    )
    assert refused.json["errors"][0]["pointer"] == "/components/0/store_ids/1"


def test_stores_are_named_renamed_and_taken_off(house: House) -> None:
    for name in ("三店", "第三店", "第三店"):
        assert house.office.put("/v1/status-stores/s3", {"name": {"zh": name}}).status == 200
    assert house.office.get("/v1/status-stores").json["items"] == [
        {"store_id": "s3", "name": {"zh": "第三店"}}
    ]
    assert house.office.put("/v1/status-stores/NO", {"name": {"zh": "三"}}).status == 404
    assert house.office.delete("/v1/status-stores/s3").status == 204
    assert house.office.delete("/v1/status-stores/s3").status == 404


def test_each_change_of_a_baseline_is_kept_with_its_reason(
    house: House, operator: Operator, part: str
) -> None:
    other = operator.component()
    path = f"/v1/components/{part}"
    for status, reason in (
        ("partial_outage", "线路拥塞"),
        ("operational", ""),
        ("operational", ""),
    ):
        house.office.patch(path, {"status": status, "reason": reason}, if_match="*")
    house.office.patch(f"/v1/components/{other}", {"status": "major_outage"}, if_match="*")
    first = house.office.get(f"{path}/changes?limit=1").json
    rest = house.office.get(f"{path}/changes?limit=1&cursor={first['next_cursor']}").json
    kept = [*first["items"], *rest["items"]]
    assert [(one["old"], one["new"], one["source"], one["reason"]) for one in kept] == [
        ("partial_outage", "operational", "manual", ""),
        ("operational", "partial_outage", "manual", "线路拥塞"),
    ]
    assert all(one["who"] for one in kept)
    assert rest["next_cursor"] is None


def test_a_hand_over_is_an_event_that_no_reader_sees(house: House, operator: Operator) -> None:
    path = f"/v1/incidents/{operator.report()['incident_id']}"
    for roles in ({"commander": "li.lei"}, {"commander": "han.mei"}, {"commander": "han.mei"}):
        reply = house.office.put(f"{path}/roles", roles, if_match="*")
        assert reply.status == 200
    assert reply.json["roles"]["commander"] == "han.mei"
    assert [(one["role"], one["old"], one["new"]) for one in reply.json["events"]] == [
        ("commander", "", "li.lei"),
        ("commander", "li.lei", "han.mei"),
    ]
    assert "han.mei" not in house.public.get("/v2/incidents.json").text
    assert "han.mei" not in house.public.get("/status").text


def test_the_worst_severity_is_public_whatever_was_asked(house: House, operator: Operator) -> None:
    body = {"name": {"zh": "全线中断"}, "body": {"zh": "正在处理"}, "severity": "sev1"}
    for hidden in ({"public": False}, {"published_at": "2999-01-01T00:00:00Z"}):
        assert house.office.post("/v1/incidents", {**body, **hidden}).status == 422
    draft = operator.report(public=False, severity="sev2")
    path = f"/v1/incidents/{draft['incident_id']}"
    raised = house.office.patch(path, {"severity": "sev1"}, if_match="*").json
    assert (raised["public"], raised["severity"]) == (True, "sev1")
    assert [(one["what"], one["old"], one["new"]) for one in raised["events"]] == [
        ("severity", "sev2", "sev1")
    ]
    assert house.office.patch(path, {"public": False}, if_match="*").status == 422


def test_a_promise_that_slips_stays_to_be_seen(house: House, operator: Operator) -> None:
    etas = [clock.text(clock.now() + timedelta(hours=hours)) for hours in (1, 2)]
    told = operator.report(eta_at=etas[0])
    path = f"/v1/incidents/{told['incident_id']}"
    operator.update(told["incident_id"], "identified", eta_at=etas[0])
    operator.update(told["incident_id"], "identified", eta_at=etas[1])
    after = house.office.patch(path, {"eta_at": None}, if_match="*").json
    assert [one["eta_at"] for one in after["etas"]] == [*etas, None]
    assert after["eta_at"] is None
