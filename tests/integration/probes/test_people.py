"""Who took over is not overruled, and what was planned is no outage."""

from datetime import timedelta

from chalicelib.kernel.clock import text
from chalicelib.probes.model.catalogue import Name
from tests.house import House
from tests.integration.outages.conftest import Operator
from tests.integration.probes.conftest import Round


def down(rounds: Round, *names: Name) -> None:
    rounds.broken.update(names or ("database_write",))
    rounds.minutes(3)


def up(rounds: Round) -> None:
    rounds.broken.clear()
    rounds.minutes(5)


def test_an_incident_that_a_person_posted_to_is_left_to_them(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    down(rounds)
    (draft,) = rounds.incidents("draft")
    rounds.person_posts(draft["incident_id"], "identified")
    up(rounds)
    (still,) = rounds.incidents("draft")
    assert still["status"] == "identified"
    assert rounds.baseline(part) == "operational"
    assert rounds.told[-1][0] == "probe:database:left"


def test_an_incident_that_a_person_only_published_is_closed_by_the_recovery(
    house: House, operator: Operator, rounds: Round
) -> None:
    operator.component("数据库", part="database")
    down(rounds)
    (draft,) = rounds.incidents("draft")
    path = f"/v1/incidents/{draft['incident_id']}"
    assert house.office.patch(path, {"public": True}, **{"If-Match": "*"}).status == 200
    up(rounds)
    assert house.office.get(path).json["status"] == "resolved"


def test_what_a_person_says_of_the_component_stands(operator: Operator, rounds: Round) -> None:
    part = operator.component("数据库", part="database")
    down(rounds)
    rounds.person_sets(part, "degraded_performance")
    rounds.minutes(2)
    assert rounds.baseline(part) == "degraded_performance"
    up(rounds)
    assert rounds.baseline(part) == "degraded_performance"


def test_where_a_person_told_of_it_first_there_is_no_second_incident(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    operator.report((part, "major_outage"))
    down(rounds)
    assert not rounds.incidents("draft")
    assert len(rounds.incidents("open")) == 1
    assert rounds.baseline(part) == "operational"
    assert [key for key, _ in rounds.told] == ["probe:database:began"]


def test_staff_hear_once_that_the_page_calls_well_what_is_not(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    incident = operator.report((part, "major_outage"))
    down(rounds)
    rounds.minutes(2)
    assert "probe:database:still" not in [key for key, _ in rounds.told]
    rounds.person_posts(incident["incident_id"], "resolved")
    rounds.minutes(3)
    assert [key for key, _ in rounds.told].count("probe:database:still") == 1
    assert rounds.baseline(part) == "operational"
    assert not rounds.incidents("draft")
    up(rounds)
    assert rounds.told[-1][0] == "probe:database:ended"


def test_a_maintenance_of_the_component_is_waited_for(operator: Operator, rounds: Round) -> None:
    part = operator.component("数据库", part="database")
    operator.plan(
        part, text(rounds.now + timedelta(minutes=1)), text(rounds.now + timedelta(minutes=10))
    )
    rounds.minutes(1)
    down(rounds)
    assert rounds.baseline(part) == "operational"
    assert not rounds.incidents("draft")
    assert not rounds.told
    rounds.minutes(7)
    assert rounds.baseline(part) == "major_outage"
    assert len(rounds.incidents("draft")) == 1


def test_where_no_component_stands_for_the_part_only_staff_are_told(
    operator: Operator, rounds: Round
) -> None:
    operator.component("别的", part="wechat")
    down(rounds)
    up(rounds)
    assert not rounds.incidents("draft")
    (_, began), (_, ended) = rounds.told
    assert "未改动状态页" in began
    assert ended == "探测「数据库写入」已恢复正常，异常持续 7 分钟。接下来 4 小时加密观察。"


def test_one_incident_for_a_part_however_many_of_its_probes_are_bad(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    down(rounds)
    down(rounds, "database_read")
    assert len(rounds.incidents("draft")) == 1
    rounds.broken.discard("database_write")
    rounds.minutes(6)
    assert rounds.baseline(part) == "major_outage"
    up(rounds)
    assert rounds.baseline(part) == "operational"
    assert len(rounds.incidents("draft")) == 1
