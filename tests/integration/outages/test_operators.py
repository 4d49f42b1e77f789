"""What operators do: once, guarded against each other, refused in words that help."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.access.model import Store
from chalicelib.adapters import secrets, tables
from chalicelib.kernel import stamp
from chalicelib.outages.model.asked import Body, Name, NewComponent, NewIncident, NewUpdate
from chalicelib.outages.service import Desk
from tests.client import Reply
from tests.house import House
from tests.integration.outages.conftest import Operator
from tests.unit.outages.shapes import check

NAME = {"zh": "短信延迟"}
BODY = {"zh": "正在核实"}
INCIDENT = {"name": NAME, "body": BODY}
UPDATE = {"status": "identified", "body": BODY}


def rows(prefix: str) -> list[Any]:
    return list(tables.query("outages", "PAGE", begins=prefix, consistent=True).images)


@pytest.mark.parametrize(
    ("path", "body", "id_field"),
    [
        ("/v1/components", {"name": NAME}, "component_id"),
        ("/v1/incidents", INCIDENT, "incident_id"),
    ],
)
def test_a_lost_answer_makes_nothing_twice(
    house: House, path: str, body: dict[str, Any], id_field: str
) -> None:
    first = house.office.post(path, body, idempotency_key="a-1")
    again = house.office.post(path, body, idempotency_key="a-1")
    other = house.office.post(path, {**body, "name": {"zh": "别的"}}, idempotency_key="a-1")
    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert again.headers["Idempotent-Replay"] == "true"
    assert again.json == first.json
    assert other.json["code"] == "name_taken"
    assert house.office.post(path, body).json[id_field] != first.json[id_field]


def test_a_lost_answer_posts_no_update_twice(house: House, operator: Operator) -> None:
    path = f"/v1/incidents/{operator.report()['incident_id']}/updates"
    first = house.office.post(path, UPDATE, idempotency_key="u-1")
    again = house.office.post(path, UPDATE, idempotency_key="u-1")
    other = house.office.post(path, {**UPDATE, "status": "resolved"}, idempotency_key="u-1")
    assert (first.status, again.status, other.status) == (201, 200, 409)
    assert len(again.json["updates"]) == 2


def test_operators_at_once_lose_no_update_and_no_component(operator: Operator) -> None:
    incident_id = operator.report()["incident_id"]
    desk, by = Desk(), stamp.system("test")

    def post(number: int) -> None:
        body = Body(f"第 {number} 条")
        desk.post_update(incident_id, NewUpdate(status="identified", body=body), None, by)
        desk.add_component(NewComponent(name=Name(f"组件 {number}")), None, by)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(4)))
    texts = {each.body.zh for each in desk.incident(incident_id).updates[1:]}
    assert texts == {f"第 {number} 条" for number in range(4)}
    assert len(desk.components().page.components) == 4


def test_one_key_at_once_makes_one_incident(house: House) -> None:
    desk, by = Desk(), stamp.system("test")
    asked = NewIncident(name=Name("短信延迟"), body=Body("正在核实"))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: desk.report(asked, "one", by), range(4)))
    assert len({incident.id for incident, _ in made}) == 1
    assert sorted(again for _, again in made) == [False, True, True, True]
    assert len(house.office.get("/v1/incidents").json["items"]) == 1


@pytest.mark.parametrize("kind", ["components", "incidents"])
def test_an_edit_names_the_version_that_it_changes(
    house: House, operator: Operator, kind: str
) -> None:
    made = operator.component() if kind == "components" else operator.report()["incident_id"]
    path, change = f"/v1/{kind}/{made}", {"name": {"zh": "新名"}}
    tag = house.office.get(path).headers["ETag"]
    missing = house.office.patch(path, change)
    assert (missing.status, missing.json["code"]) == (428, "precondition_required")
    done = house.office.patch(path, change, if_match=tag)
    assert (done.status, done.json["name"]) == (200, {"zh": "新名"})
    stale = house.office.patch(path, {"name": {"zh": "又一个"}}, if_match=tag)
    assert (stale.status, stale.json["code"]) == (412, "precondition_failed")
    assert house.office.patch(path, change, if_match="garbage").status == 412
    assert house.office.patch(path, change, if_match="*").status == 200
    assert house.office.get(path).headers["ETag"] == done.headers["ETag"] != tag


def test_what_a_component_stands_for_is_shown_to_operators_alone(
    house: House, operator: Operator
) -> None:
    named, unnamed = operator.component(part="sms:tencent"), operator.component()
    listed = house.office.get("/v1/components").json["items"]
    assert {one["component_id"]: one["part"] for one in listed} == {
        named: "sms:tencent",
        unnamed: None,
    }
    changed = house.office.patch(f"/v1/components/{named}", {"part": "wechat"}, if_match="*")
    assert (changed.status, changed.json["part"]) == (200, "wechat")
    check("components.json", house.public.get("/v2/components.json").json)
    taken = house.office.patch(f"/v1/components/{named}", {"part": None}, if_match="*")
    assert taken.json["part"] is None
    foreign = house.office.patch(f"/v1/components/{named}", {"part": "moon"}, if_match="*")
    assert (foreign.status, foreign.json["errors"][0]["pointer"]) == (422, "/part")


def test_a_heading_stands_for_no_part(house: House, operator: Operator) -> None:
    heading = operator.component(group=True)
    made = house.office.post("/v1/components", {"name": NAME, "group": True, "part": "sms"})
    changed = house.office.patch(f"/v1/components/{heading}", {"part": "sms"}, if_match="*")
    for refused in (made, changed):
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/part")


def test_an_edit_that_changes_nothing_writes_nothing(
    house: House, operator: Operator, requests: list[str]
) -> None:
    part, told = operator.component(), operator.report()["incident_id"]
    requests.clear()
    for path in (f"/v1/components/{part}", f"/v1/incidents/{told}"):
        before = house.office.get(path)
        after = house.office.patch(path, {"name": before.json["name"]}, if_match="*")
        assert after.json == before.json
    assert set(requests) == {"GetItem"}


def test_an_incident_stands_where_its_state_says(house: House, operator: Operator) -> None:
    incident_id = operator.report()["incident_id"]
    path = f"/v1/incidents/{incident_id}"

    def places() -> list[str]:
        found = [*rows("INCIDENT#"), *rows("HISTORY#"), *rows("DRAFT#")]
        return [image["sk"]["S"] for image in found]

    assert places() == [f"INCIDENT#{incident_id}"]
    operator.update(incident_id, "resolved")
    assert places() == [f"HISTORY#{incident_id}"]
    operator.update(incident_id, "investigating")
    assert places() == [f"INCIDENT#{incident_id}"]
    assert house.office.patch(path, {"public": False}, if_match="*").status == 200
    assert places() == [f"DRAFT#{incident_id}"]
    assert house.office.get(path).json["public"] is False


def test_the_list_is_paged_newest_first_and_by_state(house: House, operator: Operator) -> None:
    made = [operator.report()["incident_id"] for _ in range(5)]
    operator.update(made[0], "resolved")
    hidden = operator.report(public=False)["incident_id"]
    found: list[str] = []
    cursor = ""
    while True:
        page = house.office.get(f"/v1/incidents?limit=2{cursor}").json
        found += [each["incident_id"] for each in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == [*reversed(made[1:]), made[0], hidden]
    drafts = house.office.get("/v1/incidents?state=draft").json["items"]
    assert [each["incident_id"] for each in drafts] == [hidden]


def test_a_list_goes_on_where_there_is_no_keyring(
    house: House, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status room's function may not read it."""

    def refused() -> None:
        raise RuntimeError("AccessDeniedException")

    made = [operator.report()["incident_id"] for _ in range(2)]
    monkeypatch.setattr(secrets, "keyring", refused)
    first = house.office.get("/v1/incidents?limit=1").json
    rest = house.office.get(f"/v1/incidents?limit=1&cursor={first['next_cursor']}").json
    assert {each["incident_id"] for each in (*first["items"], *rest["items"])} == set(made)


def test_a_cursor_serves_its_list_alone(house: House, operator: Operator) -> None:
    for _ in range(2):
        operator.report()
    cursor = house.office.get("/v1/incidents?limit=1").json["next_cursor"]
    for query in (f"?state=open&cursor={cursor}", f"?cursor={cursor[:-2]}AA", "?cursor=%F0"):
        reply = house.office.get(f"/v1/incidents{query}")
        assert (reply.status, reply.json["code"]) == (400, "invalid_cursor"), query


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/components", {"name": {}}, "/name"),
        ("/v1/components", {"name": {"zh": "x" * 61}}, "/name/zh"),
        ("/v1/components", {"name": NAME, "status": "under_maintenance"}, "/status"),
        ("/v1/components", {"name": NAME, "group_id": "a" * 12}, "/group_id"),
        ("/v1/components", {"name": NAME, "colour": "red"}, ""),
        ("/v1/incidents", {"name": NAME}, ""),
        ("/v1/incidents", {**INCIDENT, "started_at": "2999-01-01T00:00:00Z"}, "/started_at"),
        ("/v1/incidents", {**INCIDENT, "started_at": "0001-01-01T00:00:00+14:00"}, "/started_at"),
        (
            "/v1/incidents",
            {**INCIDENT, "published_at": "9999-12-31T23:59:59-14:00"},
            "/published_at",
        ),
        ("/v1/incidents", {**INCIDENT, "started_at": "2026-01-01T00:00:00"}, "/started_at"),
        (
            "/v1/incidents",
            {**INCIDENT, "components": [{"component_id": "a" * 12, "status": "major_outage"}]},
            "/components/0/component_id",
        ),
    ],
)
def test_what_does_not_fit_is_pointed_at_and_nothing_is_written(
    house: House, path: str, body: dict[str, Any], pointer: str
) -> None:
    reply = house.office.post(path, body)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)
    assert rows("") == []


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "键"])
def test_a_key_that_is_no_name_is_refused(house: House, key: str) -> None:
    assert house.office.post("/v1/incidents", INCIDENT, idempotency_key=key).status == 422


@pytest.mark.parametrize("wrong", ["nosuchthing0", "UPPERCASE000", "short", "a%23b"])
def test_what_is_not_there_is_not_found(house: House, wrong: str) -> None:
    for kind in ("components", "incidents"):
        assert house.office.get(f"/v1/{kind}/{wrong}").status == 404
        change = house.office.patch(f"/v1/{kind}/{wrong}", {}, if_match="*")
        assert change.status == 404
    assert house.office.post(f"/v1/incidents/{wrong}/updates", UPDATE).status == 404


def test_only_those_who_may_publish_do(house: House) -> None:
    cashier = house.staff(Store("s1", "First Store"), "cashier")
    calls = [("POST", "/v1/components"), ("GET", "/v1/components"), ("POST", "/v1/incidents")]
    for method, path in calls:
        assert house.public.send(method, path, "{}").status == 401
        for caller in (house.till, cashier):
            reply = caller.send(method, path, "{}")
            assert (reply.status, reply.json["code"]) == (403, "permission_denied")


def test_an_incident_too_large_for_one_record_is_refused(house: House, operator: Operator) -> None:
    path = f"/v1/incidents/{operator.report()['incident_id']}/updates"
    long = {"status": "identified", "body": {"zh": "慢" * 2000, "en": "s" * 2000}}
    replies: list[Reply] = []
    while len(replies) < 40 and (not replies or replies[-1].status == 201):
        replies.append(house.office.post(path, long))
    assert (replies[-1].status, replies[-1].json["code"]) == (409, "incident_full")
    assert house.public.get("/v2/summary.json").status == 200


def test_what_an_update_says_reaches_the_component(house: House, operator: Operator) -> None:
    part = operator.component()
    told = operator.report((part, "major_outage"))
    (listed,) = house.office.get("/v1/components").json["items"]
    assert (listed["status"], listed["effective_status"]) == ("operational", "major_outage")
    assert listed["incident_id"] == told["incident_id"]
    after = operator.update(told["incident_id"], "resolved")
    assert (after["status"], after["impact"]) == ("resolved", "critical")
    (listed,) = house.office.get("/v1/components").json["items"]
    assert (listed["effective_status"], listed["incident_id"]) == ("operational", None)


def test_every_row_says_who_wrote_it(house: House, operator: Operator) -> None:
    operator.component()
    told = operator.report()
    house.office.patch(f"/v1/incidents/{told['incident_id']}", {"public": False}, if_match="*")
    for image in rows(""):
        assert '"role":"owner"' in image["by"]["S"]
