"""The eight documents of Statuspage v2, in every state of the page, against shapes written from its documentation."""

import json
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Affected, Incident, Stage
from chalicelib.outages.model.maintenances import Maintenance, Report
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.site import files
from chalicelib.outages.templates.statuspage import Site
from tests.unit.outages.shapes import DOCUMENTS, check
from tests.unit.outages.world import NOW, component, incident, minutes, page, update, window

SITE = Site("灯塔", "https://status.example.cn")


def an_id(short: str) -> str:
    return short.rjust(12, "0")


def told(short: str, *stages: Stage, fares: Status = "major_outage", store: str = "") -> Incident:
    """One update for each stage; the first says how its component fares."""
    updates = [
        update(an_id(f"{short}{n}"), stage, at=NOW - minutes(50 - n))
        for n, stage in enumerate(stages)
    ]
    named = Affected(an_id("a"), "operational", fares, (store,) if store else ())
    updates[0] = msgspec.structs.replace(updates[0], affected=(named,))
    return incident(an_id(short), *updates, started_at=NOW - minutes(50))


def planned(short: str, begins: int, ends: int, **more: object) -> Maintenance:
    said = Report(
        id=an_id(f"{short}r"), status="scheduled", body=Words("维护"), display_at=NOW - minutes(500),
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return window(begins, ends, an_id("a"), id=an_id(short), **{"updates": (said,), **more})


VERIFYING = Report(
    id=an_id("v"), status="verifying", body=Words("验证"), display_at=NOW, created_at=NOW, updated_at=NOW
)  # fmt: skip
INCIDENTS: dict[str, list[Incident]] = {
    "none": [],
    **{status: [told("i1", "identified", fares=status)] for status in get_args(Status)},
    "several at once": [told("i1", "investigating"), told("i2", "identified", "monitoring")],
    "over": [told("i1", "investigating", "resolved"), told("i2", "identified", "resolved", "postmortem")],
    "of one store": [told("i1", "identified", store="s7")],
    "held back": [msgspec.structs.replace(told("i1", "identified"), published_at=NOW + minutes(9))],
}  # fmt: skip
MAINTENANCES: dict[str, list[Maintenance]] = {
    "none": [],
    "before": [planned("m1", 60, 120)],
    "during": [planned("m1", -60, 60)],
    "verifying": [planned("m1", -60, 60, updates=(VERIFYING,))],
    "after": [planned("m1", -120, -60)],
    "ended early": [planned("m1", -120, 60, ended_at=NOW - minutes(5))],
    "called off": [planned("m1", 60, 120, ended_at=NOW - minutes(5))],
    "all": [planned("m1", 60, 120), planned("m2", -60, 60), planned("m3", -120, -60)],
}

STATES = [
    *((incidents, planned) for incidents in INCIDENTS for planned in ("none", "all")),
    *(("several at once", maintenances) for maintenances in MAINTENANCES),
]


def documents(
    incidents: list[Incident], maintenances: list[Maintenance], language: str = ""
) -> dict[str, Any]:
    kept = page(
        component(an_id("g"), group=True),
        component(
            an_id("a"), group_id=an_id("g"), description=Words("说明"), start_date=NOW.date()
        ),
        component(an_id("b"), only_show_if_degraded=True, position=2),
    )
    kept = msgspec.structs.replace(kept, id=an_id("p"))
    made = files(Whole(kept, tuple(incidents), tuple(maintenances), ()), SITE, NOW)
    return {name: json.loads(made[f"{language}api/v2/{name}"].body) for name in DOCUMENTS}


@pytest.mark.parametrize(("incidents", "maintenances"), STATES)
def test_every_document_has_its_shape_in_every_state(incidents: str, maintenances: str) -> None:
    for language in ("", "en/"):
        made = documents(INCIDENTS[incidents], MAINTENANCES[maintenances], language)
        for name, document in made.items():
            check(name, document)


@pytest.mark.parametrize(
    ("when", "status", "upcoming", "active", "in_summary", "indicator"),
    [
        ("before", "scheduled", 1, 0, 1, "none"),
        ("during", "in_progress", 0, 1, 1, "maintenance"),
        ("verifying", "verifying", 0, 1, 1, "maintenance"),
        ("after", "completed", 0, 0, 0, "none"),
        ("ended early", "completed", 0, 0, 0, "none"),
        ("called off", "completed", 0, 0, 0, "none"),
    ],
)
def test_a_maintenance_is_where_its_state_belongs(  # noqa: PLR0917 - a table's columns
    when: str, status: str, upcoming: int, active: int, in_summary: int, indicator: str
) -> None:
    made = documents([], MAINTENANCES[when])
    every = made["scheduled-maintenances.json"]["scheduled_maintenances"]
    assert [each["status"] for each in every] == [status]
    found = [
        len(made[name]["scheduled_maintenances"])
        for name in (
            "scheduled-maintenances/upcoming.json", "scheduled-maintenances/active.json",
            "summary.json",
        )
    ]  # fmt: skip
    assert found == [upcoming, active, in_summary]
    assert made["status.json"]["status"]["indicator"] == indicator


def test_an_incident_of_one_store_is_for_all_a_part_of_an_outage() -> None:
    made = documents(INCIDENTS["of one store"], [])["components.json"]["components"]
    leaf = next(each for each in made if each["id"] == an_id("a"))
    assert leaf["status"] == "partial_outage"


def test_what_is_held_back_is_in_no_document() -> None:
    assert documents(INCIDENTS["held back"], []) == documents([], [])


def test_open_incidents_come_in_summary_and_unresolved_and_closed_ones_in_the_list() -> None:
    made = documents([*INCIDENTS["several at once"], told("i3", "identified", "resolved")], [])
    ids = {
        name: [each["id"] for each in made[name]["incidents"]]
        for name in made
        if "incidents" in made[name]
    }
    assert ids["summary.json"] == ids["incidents/unresolved.json"] == [an_id("i2"), an_id("i1")]
    assert ids["incidents.json"] == [an_id("i3"), an_id("i2"), an_id("i1")]
