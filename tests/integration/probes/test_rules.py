"""The chain's rules of its probes, and what a round makes of them."""

from typing import Any

from chalicelib.probes.model.catalogue import Name
from tests.house import House
from tests.integration.outages.conftest import Operator
from tests.integration.probes.conftest import Round
from tests.integration.probes.test_people import down, up

WRITE: Name = "database_write"


def rule(house: House, **fields: Any) -> None:  # noqa: ANN401
    body = {"rules": [{"probe": WRITE, **fields}]}
    reply = house.office.put("/v1/probe-rules", body, **{"If-Match": "*"})
    assert reply.status == 200, reply.text


def shown(house: House, name: str = WRITE) -> dict[str, Any]:
    items: list[dict[str, Any]] = house.office.get("/v1/probes").json["items"]
    return next(each for each in items if each["probe"] == name)


def test_rules_are_kept_with_a_version_that_a_change_names(house: House) -> None:
    body = {"rules": [{"probe": "page_age", "threshold": 600, "watch_hours": 2}]}
    first = house.office.get("/v1/probe-rules")
    assert first.headers["ETag"] == '"0"'
    assert house.office.put("/v1/probe-rules", body).status == 428
    kept = house.office.put("/v1/probe-rules", body, **{"If-Match": '"0"'})
    assert (kept.status, kept.headers["ETag"]) == (200, '"1"')
    assert house.office.put("/v1/probe-rules", body, **{"If-Match": '"0"'}).status == 412
    assert house.office.get("/v1/probe-rules").json == kept.json


def test_a_rule_may_publish_at_once_in_prepared_words_and_be_told_to_watch_before_it_closes(
    house: House, operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    words = {
        "name": {"zh": "收银变慢", "en": "Tills are slow"},
        "body": {"zh": "正在处理", "en": "We are at it"},
        "severity": "sev2",
    }
    assert house.office.put("/v1/incident-templates/slow", words).status == 200
    rule(
        house, auto_publish=True, on_recovery="monitoring", watch_hours=1, template_id="slow",
        moves_to="partial_outage",
    )  # fmt: skip
    down(rounds)
    (opened,) = rounds.incidents("open")
    assert (opened["name"]["en"], opened["severity"]) == ("Tills are slow", "sev2")
    assert rounds.baseline(part) == "partial_outage"
    up(rounds)
    (watched,) = rounds.incidents("open")
    assert watched["status"] == "monitoring"
    assert shown(house)["standing"] == "watched"
    rounds.minutes(59)
    assert rounds.incidents("open")
    rounds.minutes(1)
    (closed,) = rounds.incidents("closed")
    assert closed["incident_id"] == opened["incident_id"]
    assert [each["status"] for each in closed["updates"]] == [
        "resolved", "monitoring", "investigating",
    ]  # fmt: skip


def test_a_relapse_while_it_is_watched_goes_on_with_the_same_incident(
    house: House, operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    rule(house, auto_publish=True, on_recovery="monitoring", watch_hours=1)
    down(rounds)
    up(rounds)
    down(rounds)
    (opened,) = rounds.incidents("open")
    assert [each["status"] for each in opened["updates"]] == [
        "investigating", "monitoring", "investigating",
    ]  # fmt: skip
    assert rounds.baseline(part) == "major_outage"
    up(rounds)
    rounds.minutes(60)
    assert len(rounds.incidents("closed")) == 1
    assert rounds.baseline(part) == "operational"


def test_staff_are_told_of_each_wobble_while_it_is_watched_and_of_none_before(
    house: House, operator: Operator, rounds: Round
) -> None:
    operator.component("数据库", part="database")
    rule(house, threshold=100, watch_hours=1)
    rounds.values[WRITE] = 70
    rounds.minutes(3)
    assert not rounds.told
    rounds.values[WRITE] = 10
    down(rounds)
    up(rounds)
    before = len(rounds.told)
    rounds.values[WRITE] = 70  # good on other days
    rounds.minutes(1)
    assert rounds.told[before:] == [
        ("probe:database_write:wobble", "观察期内探测「数据库写入」出现异常：70 毫秒。")
    ]
    rounds.values[WRITE] = 10
    rounds.minutes(59)
    assert rounds.told[before + 1 :] == [
        ("probe:database_write:watched", "探测「数据库写入」的观察期已结束，期间出现 1 次异常。")
    ]
    assert shown(house)["standing"] == "good"


def test_a_probe_that_is_switched_off_while_it_is_bad_lets_go_and_claims_no_recovery(
    house: House, operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    down(rounds)
    rule(house, enabled=False)
    rounds.minutes(1)
    assert rounds.baseline(part) == "operational"
    (draft,) = rounds.incidents("draft")
    assert draft["status"] == "investigating"
    assert shown(house)["standing"] == "off"
    rule(house, enabled=True)
    rounds.minutes(2)
    assert rounds.baseline(part) == "operational"


def test_operators_read_how_each_probe_stands(
    house: House, operator: Operator, rounds: Round
) -> None:
    operator.component("数据库", part="database")
    assert shown(house)["standing"] == "waiting"
    down(rounds)
    found = shown(house)
    assert found["standing"] == "bad"
    assert found["said"]["zh"] == "异常：最近 3 次中 3 次失败，没有正常应答（OSError）。"
    assert found["incident_id"] == rounds.incidents("draft")[0]["incident_id"]
    assert [each["good"] for each in found["results"]] == [False] * 3


def test_a_probe_that_the_deployment_no_longer_has_claims_no_recovery_either(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    down(rounds)
    rounds.names = ("database_read",)
    rounds.minutes(1)
    assert rounds.baseline(part) == "operational"
    assert [each["status"] for each in rounds.incidents("draft")] == ["investigating"]
