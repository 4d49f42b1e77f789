"""What everybody may read, in every state of the page: its shapes, its headers, its cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.access import edge
from chalicelib.adapters import secrets, tables
from chalicelib.kernel import clock, stamp
from chalicelib.kernel.errors import TryAgain
from chalicelib.outages.model.asked import NewComponent
from chalicelib.outages.service import Desk
from chalicelib.probes.model.catalogue import PARTS
from infra.local import demo_outages as demo
from tests.house import House
from tests.integration.outages.conftest import Operator
from tests.unit.outages.shapes import DOCUMENTS, check

FEEDS = [f"/status/history.{kind}" for kind in ("rss", "atom", "ics")]
PATHS = ["/status", *(f"/v2/{name}" for name in DOCUMENTS), *FEEDS]
WITH_WHAT_IS_OVER = {"/v2/scheduled-maintenances.json", *FEEDS}


def planned(operator: Operator) -> None:
    part = operator.component()
    for hours in (1, 48):
        begins = clock.now() + timedelta(hours=hours)
        operator.plan(part, clock.text(begins), clock.text(begins + timedelta(hours=1)))


def all_well(operator: Operator) -> None:
    operator.component()


def going_on(operator: Operator) -> None:
    group = operator.component("收银", group=True)
    part = operator.component(group_id=group, description={"zh": "说明"})
    other = operator.component("小程序", start_date="2026-01-01", only_show_if_degraded=True)
    told = operator.report((part, "degraded_performance"), (other, "major_outage"))
    operator.update(told["incident_id"], "monitoring", (part, "operational"))


def over_and_over(operator: Operator) -> None:
    part = operator.component()
    for stage in ("resolved", "postmortem", "investigating"):
        told = operator.report((part, "partial_outage"))
        operator.update(told["incident_id"], "resolved", deliver_notifications=False)
        operator.update(told["incident_id"], stage)


def without_components(operator: Operator) -> None:
    operator.report(impact_override="critical")


def held_back(operator: Operator) -> None:
    part = operator.component()
    tomorrow = clock.text(clock.now() + timedelta(days=1))
    operator.report((part, "major_outage"), published_at=tomorrow)
    operator.report((part, "major_outage"), public=False)


STATES = [planned, all_well, going_on, over_and_over, without_components, held_back]


@pytest.mark.parametrize("state", STATES)
def test_every_document_has_statuspages_shape_in_every_state(
    house: House, operator: Operator, state: Callable[[Operator], None]
) -> None:
    state(operator)
    for name in DOCUMENTS:
        reply = house.public.get(f"/v2/{name}")
        assert reply.status == 200, reply.text
        check(name, reply.json)
    reply = house.public.get("/status")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert len(reply.text.encode()) < 60_000


def test_each_answer_costs_one_request_and_one_more_for_what_is_over(
    house: House, operator: Operator, requests: list[str]
) -> None:
    going_on(operator)
    over_and_over(operator)
    for path in PATHS:
        requests.clear()
        assert house.public.get(path).status == 200
        assert requests == ["Query"] * (2 if path in WITH_WHAT_IS_OVER else 1), path


def test_caches_may_keep_an_answer_and_ask_whether_it_changed(
    house: House, operator: Operator
) -> None:
    part = operator.component()
    tags = {}
    for path in PATHS:
        first = house.public.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=60"
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in first.headers
        tags[path] = tag = first.headers["ETag"]
        assert tag.startswith('"')
        for asked in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = house.public.get(path, if_none_match=asked)
            assert (again.status, again.text) == (304, "")
            assert again.headers["ETag"] == tag
    operator.report((part, "major_outage"))
    for path, tag in tags.items():
        changed = house.public.get(path, if_none_match=tag).status == 200
        assert changed or path.endswith(".ics"), path


def test_a_page_that_knows_nothing_never_says_that_all_is_well(house: House) -> None:
    for path in PATHS:
        reply = house.public.get(path)
        assert reply.status == 503
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Retry-After" in reply.headers
        assert "Operational" not in reply.text
        assert "does not mean that all is well" in reply.text


def test_a_page_with_headings_only_knows_nothing_either(house: House, operator: Operator) -> None:
    operator.component(group=True)
    assert house.public.get("/v2/summary.json").json["code"] == "status_unknown"


def test_a_table_that_does_not_answer_is_no_good_news(
    house: House, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.component()

    def silent(*_: object, **__: object) -> list[tables.Image]:
        raise TryAgain

    monkeypatch.setattr(tables, "query_all", silent)
    for path in PATHS:
        reply = house.public.get(path)
        assert reply.status == 503
        assert reply.headers["Cache-Control"] == "no-store"


def test_public_reads_do_not_need_the_keyring(house: House, operator: Operator) -> None:
    operator.component()
    secrets.keyring.cache_clear()
    edge.gate.cache_clear()
    for path in PATHS:
        assert house.public.get(path).status == 200
    assert secrets.keyring.cache_info().misses == 0


def test_the_language_is_asked_for_in_the_address(house: House, operator: Operator) -> None:
    operator.report()
    names = [
        house.public.get(f"/v2/summary.json{query}").json["incidents"][0]["name"]
        for query in ("", "?lang=zh-CN", "?lang=en", "?lang=fr", "?other=1")
    ]
    assert names == ["短信延迟", "短信延迟", "Messages are late", "短信延迟", "短信延迟"]


def test_people_get_the_page_in_their_language(house: House, operator: Operator) -> None:
    operator.report()
    for path, accepted, expected in (
        ("/status", "en", "en"),
        ("/status", "zh-TW,en;q=0.5", "zh-CN"),
        ("/status?lang=en", "zh", "en"),
        ("/status?lang=zh-CN", "en", "zh-CN"),
    ):
        reply = house.public.get(path, accept_language=accepted)
        assert reply.headers["Content-Language"] == expected
        assert f'<html lang="{expected}">' in reply.text
        assert reply.headers["Vary"] == "Accept-Language"


def test_what_is_held_back_shows_nowhere_until_its_time_comes(
    house: House, operator: Operator
) -> None:
    part = operator.component()
    before = [house.public.get(path).headers["ETag"] for path in PATHS]
    when = clock.now() + timedelta(hours=1)
    operator.report((part, "major_outage"), published_at=clock.text(when))
    operator.report((part, "major_outage"), public=False)
    assert [house.public.get(path).headers["ETag"] for path in PATHS] == before
    early = Desk(clock=lambda: when - timedelta(milliseconds=1)).now_shown()
    due = Desk(clock=lambda: when).now_shown()
    assert early.roll_up.indicator == "none"
    assert due.roll_up.indicator == "critical"
    assert len(due.open_incidents) == 1
    assert due.updated_at == when


def test_incidents_json_has_the_fifty_newest_and_reads_no_more(
    house: House, requests: list[str]
) -> None:
    desk, by = Desk(), stamp.system("test")
    demo.publish(desk, clock.now() - timedelta(days=400), by)
    operator = Operator(house.office)
    open_one = operator.report(started_at=clock.text(clock.now() - timedelta(days=90)))
    for days in range(52):
        told = operator.report(started_at=clock.text(clock.now() - timedelta(days=days)))
        operator.update(told["incident_id"], "resolved")
    requests.clear()
    found = house.public.get("/v2/incidents.json").json["incidents"]
    assert requests == ["Query"]
    assert len(found) == 50
    assert [each["started_at"] for each in found] == sorted(
        (each["started_at"] for each in found), reverse=True
    )
    assert found[-1]["id"] == open_one["incident_id"]


def test_the_page_remembers_two_weeks(house: House, operator: Operator) -> None:
    operator.component()
    for days, name in ((13, "还看得到"), (15, "太久以前")):
        began = clock.text(clock.now() - timedelta(days=days))
        told = operator.report(started_at=began, name={"zh": name})
        operator.update(told["incident_id"], "resolved")
    text = house.public.get("/status?lang=zh-CN").text
    assert "还看得到" in text
    assert "太久以前" not in text


def test_the_time_of_change_never_goes_back_when_an_incident_ends(
    house: House, operator: Operator
) -> None:
    operator.component()
    told = operator.report()
    first = house.public.get("/v2/status.json").json["page"]["updated_at"]
    operator.update(told["incident_id"], "resolved")
    assert house.public.get("/v2/status.json").json["page"]["updated_at"] > first


def test_the_demos_components_are_moved_by_probes_also_where_an_older_demo_made_them(
    house: House,
) -> None:
    assert house
    desk, by = Desk(), stamp.system("demo")
    name, note = demo._PARTS["messages"]  # noqa: SLF001 - as an earlier demo asked
    old, _ = desk.add_component(NewComponent(name=name, description=note), "demo-messages", by)
    demo.publish(desk, clock.now() - timedelta(days=6), by)
    assert desk.component(old.id).part == "sms"
    shown = {each.part for each in desk.components().page.leaves()}
    assert shown == {"api", "database", "sms", "wechat"} <= {*PARTS}


def test_the_demo_tells_its_story_once(house: House) -> None:
    desk, by = Desk(), stamp.system("demo")
    for days in (3, 3, 2):
        demo.publish(desk, clock.now() - timedelta(days=days), by)
    told = house.public.get("/v2/incidents.json").json
    check("incidents.json", told)
    assert [each["status"] for each in told["incidents"]] == ["resolved"]
    assert len(told["incidents"][0]["incident_updates"]) == 3
    summary = house.public.get("/v2/summary.json").json
    assert len(summary["components"]) == 4
    assert summary["status"]["indicator"] == "none"
