"""From a part that fails to the status page and back, with what people say in between."""

from tests.integration.outages.conftest import Operator
from tests.integration.probes.conftest import Round


def test_a_part_that_fails_moves_its_component_and_drafts_an_incident_until_it_is_well_again(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    rounds.minutes(5)
    rounds.broken.add("database_write")
    rounds.minutes(2)
    assert rounds.baseline(part) == "operational"
    rounds.minutes(1)
    assert rounds.baseline(part) == "major_outage"
    (draft,) = rounds.incidents("draft")
    assert draft["components"][0]["component_id"] == part
    assert not rounds.incidents("open")

    rounds.broken.clear()
    rounds.minutes(4)
    assert rounds.baseline(part) == "major_outage"
    rounds.minutes(1)
    assert rounds.baseline(part) == "operational"
    (over,) = rounds.incidents("draft")
    assert (over["incident_id"], over["status"]) == (draft["incident_id"], "resolved")
    changes = rounds.office.get(f"/v1/components/{part}/changes").json["items"]
    assert [(each["source"], each["who"], each["new"]) for each in changes] == [
        ("probe", "probes", "operational"),
        ("probe", "probes", "major_outage"),
    ]
