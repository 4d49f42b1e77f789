"""What time alone brings about: notices, reminders, the next of what recurs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import msgspec
import pytest

from chalicelib.adapters import tables, wecom
from chalicelib.kernel import clock, stamp
from chalicelib.outages import stream
from chalicelib.outages.model.asked import (
    Body,
    IncidentChange,
    MaintenanceChange,
    Name,
    Naming,
    NewComponent,
    NewIncident,
    NewMaintenance,
    NewReport,
    NewRoles,
    NewUpdate,
    Rule,
)
from chalicelib.outages.model.maintenances import Maintenance, Recurrence
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.recurrence import Series
from chalicelib.outages.service import Desk
from chalicelib.outages.table import Keeping
from tests.house import House

BY = stamp.system("test")
SAID = Body("有进展", "News")


@dataclass
class Day:
    """A desk whose clock stands until it is moved."""

    house: House
    now: datetime = field(default_factory=clock.now)
    heard: list[str] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return Desk(clock=lambda: self.now)

    def later(self, **more: float) -> None:
        """So much later the clock strikes, and once again."""
        self.now += timedelta(**more)
        self.desk.tick(self.heard.append)
        self.desk.tick(self.heard.append)

    def part(self) -> str:
        return self.desk.add_component(NewComponent(name=Name("短信")), None, BY)[0].id

    def report(self, **more: object) -> str:
        asked = NewIncident(name=Name("短信延迟", "Late"), body=SAID, **more)  # type: ignore[arg-type]
        return self.desk.report(asked, None, BY)[0].id

    def plan(self, **more: object) -> Maintenance:
        asked = NewMaintenance(
            name=Name("升级"), body=SAID, component_ids=(self.part(),),
            scheduled_for=self.now + timedelta(hours=2),
            scheduled_until=self.now + timedelta(hours=3), **more,  # type: ignore[arg-type]
        )  # fmt: skip
        return self.desk.schedule(asked, None, BY)[0]

    def notices(self) -> list[Notice]:
        images = tables.scan("outages").images
        found = [
            msgspec.json.decode(one["doc"]["S"], type=Notice)
            for one in images
            if one["sk"]["S"].startswith("NOTICE#")
        ]
        return sorted(found, key=lambda each: each.notice_id)

    def kinds(self) -> list[str]:
        return [each.kind for each in self.notices()]


@pytest.fixture
def day(house: House) -> Day:
    return Day(house)


def test_each_update_that_is_to_be_told_is_one_notice(day: Day) -> None:
    part = day.part()
    told = day.report(components=[Naming(part, "major_outage")])
    for status, deliver in (("identified", False), ("monitoring", True), ("resolved", True)):
        day.later(minutes=5)
        said = NewUpdate(status=status, body=SAID, deliver_notifications=deliver)  # type: ignore[arg-type]
        day.desk.post_update(told, said, status, BY)
        day.desk.post_update(told, said, status, BY)
    day.later(minutes=5)
    notices = day.notices()
    assert [each.kind for each in notices] == ["incident", "update", "resolved"]
    assert {(each.about_id, each.component_ids, each.overtakes) for each in notices} == {
        (told, (part,), told)
    }


def test_what_is_held_back_is_told_when_it_comes_out_with_the_last_word(day: Day) -> None:
    told = day.report(published_at=day.now + timedelta(minutes=30))
    quiet = NewUpdate(status="identified", body=Body("找到了"), deliver_notifications=False)
    day.desk.post_update(told, quiet, None, BY)
    day.later(minutes=29)
    assert day.kinds() == []
    day.later(minutes=1)
    (notice,) = day.notices()
    assert (notice.kind, notice.body.zh, notice.at) == ("incident", "找到了", day.now)


def test_what_was_over_before_it_came_out_is_told_too_and_then_is_history(day: Day) -> None:
    told = day.report(published_at=day.now + timedelta(minutes=30))
    day.desk.post_update(told, NewUpdate(status="resolved", body=SAID), None, BY)
    day.later(minutes=30)
    assert day.kinds() == ["resolved"]
    closed, _ = day.desk.incidents("closed", 9, None)
    assert [each.id for each in closed] == [told]


def test_a_draft_is_told_when_it_is_made_public(day: Day) -> None:
    told = day.report(public=False)
    day.later(minutes=30)
    assert day.kinds() == []
    day.desk.change_incident(told, None, IncidentChange(public=True), BY)
    assert day.kinds() == ["incident"]
    assert day.desk.incident(told).published_at == day.now


def test_history_that_is_filled_in_is_told_to_nobody(day: Day) -> None:
    told = day.report(backfilled=True, started_at=day.now - timedelta(days=3))
    over = NewUpdate(status="resolved", body=SAID, display_at=day.now - timedelta(days=2))
    day.desk.post_update(told, over, None, BY)
    day.later(minutes=5)
    assert day.kinds() == []


def test_a_broken_promise_is_told_the_group_and_the_one_whose_it_was(day: Day) -> None:
    told = day.report(next_update_due_at=day.now + timedelta(minutes=20))
    day.desk.assign(told, None, NewRoles(commander="li.lei", communications="han.mei"), BY)
    day.later(minutes=19)
    assert overdue(day, told) == day.heard == []
    day.later(minutes=1)
    assert overdue(day, told) == ["han.mei"]
    for _ in range(5):
        day.later(minutes=15)
    assert overdue(day, told) == ["han.mei"] * 3
    assert [f"第 {n} 次" in said for n, said in enumerate(day.heard, 1)] == [True] * 3
    again = NewUpdate(
        status="identified", body=SAID, next_update_due_at=day.now + timedelta(minutes=20)
    )
    day.desk.post_update(told, again, None, BY)
    day.later(minutes=20)
    assert len(overdue(day, told)) == len(day.heard) == 4


def test_a_reminder_is_on_record_before_it_is_said_and_said_once_by_two_clocks(day: Day) -> None:
    told = day.report(next_update_due_at=day.now + timedelta(minutes=20))
    day.now += timedelta(minutes=20)
    on_record: list[int] = []

    def remind(_text: str) -> None:
        on_record.append(len(overdue(day, told)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: day.desk.tick(remind), range(4)))
    assert on_record == [1]


def test_a_group_that_is_away_keeps_nothing_else_from_being_done(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house

    def away() -> None:
        raise OSError

    monkeypatch.setattr(wecom, "wecom", away)
    stream.remind("有人吗")


def overdue(day: Day, incident_id: str) -> list[str]:
    return [each.new for each in day.desk.incident(incident_id).events if each.what == "overdue"]


def test_reminders_leave_the_time_of_change_alone(day: Day) -> None:
    told = day.report(next_update_due_at=day.now + timedelta(minutes=20))
    before = day.desk.now_shown().updated_at
    day.later(minutes=20)
    assert len(overdue(day, told)) == 1
    assert day.desk.now_shown().updated_at == before


def test_a_maintenance_is_told_from_its_plan_to_its_end(day: Day) -> None:
    one = day.plan()
    for step in (59, 1, 60, 60, 60):
        day.later(minutes=step)
    assert day.kinds() == [
        "maintenance_scheduled", "maintenance_soon", "maintenance_started", "maintenance_ended",
    ]  # fmt: skip
    over, _ = day.desk.maintenances(over=True, limit=9, after=None)
    assert [each.id for each in over] == [one.id]
    assert day.desk.whole().maintenances == tuple(over)


def test_a_maintenance_that_moves_is_announced_anew(day: Day) -> None:
    one = day.plan()
    day.later(minutes=60, seconds=1)
    later = MaintenanceChange(
        scheduled_for=day.now + timedelta(hours=5), scheduled_until=day.now + timedelta(hours=6)
    )
    day.desk.change_maintenance(one.id, None, later, BY)
    day.later(hours=4)
    assert day.kinds() == [
        "maintenance_scheduled", "maintenance_soon", "maintenance_changed", "maintenance_soon",
    ]  # fmt: skip


def test_the_components_are_under_maintenance_while_it_lasts_and_no_longer(day: Day) -> None:
    one = day.plan()
    seen = []
    for step in (119, 1, 59, 1):
        day.later(minutes=step)
        seen.append(day.desk.now_shown().roll_up.indicator)
    assert seen == ["none", "maintenance", "maintenance", "none"]
    assert day.desk.maintenance(one.id).closed


def test_an_early_end_is_told_once(day: Day) -> None:
    one = day.plan()
    day.later(minutes=130)
    said = NewReport(status="completed", body=Body("提前完成"))
    assert [day.desk.report_on(one.id, said, "e", BY)[1] for _ in range(2)] == [False, True]
    day.later(minutes=60)
    assert day.kinds()[-1:] == ["maintenance_ended"]
    assert day.kinds().count("maintenance_ended") == 1
    assert day.desk.now_shown().roll_up.indicator == "none"


def test_what_recurs_is_made_ahead_once_each_and_announced_once(day: Day) -> None:
    first = day.plan(recurrence=Rule("week"))
    day.later(minutes=1)
    planned, _ = day.desk.maintenances(over=False, limit=99, after=None)
    begins = sorted(each.scheduled_for for each in planned)
    assert begins == [first.scheduled_for + timedelta(weeks=count) for count in range(5)]
    assert day.kinds() == ["maintenance_scheduled"]
    assert len({each.id for each in planned}) == 5
    day.later(weeks=1)
    planned, _ = day.desk.maintenances(over=False, limit=99, after=None)
    assert max(each.scheduled_for for each in planned) == begins[-1] + timedelta(weeks=1)


def test_a_series_that_is_stopped_makes_no_more(day: Day) -> None:
    first = day.plan(recurrence=Rule("week"))
    day.desk.change_maintenance(first.id, None, MaintenanceChange(recurrence=None), BY)
    day.later(weeks=1)
    planned, _ = day.desk.maintenances(over=False, limit=99, after=None)
    assert planned == []


def test_a_plan_sent_again_makes_one(house: House, day: Day) -> None:
    part = day.part()
    plan = {
        "name": {"zh": "升级"},
        "body": {"zh": "升级"},
        "component_ids": [part],
        "scheduled_for": clock.text(day.now + timedelta(hours=2)),
        "scheduled_until": clock.text(day.now + timedelta(hours=3)),
    }
    first, again = (
        house.office.post("/v1/maintenances", plan, idempotency_key="m-1") for _ in range(2)
    )
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    path = f"/v1/maintenances/{first.json['maintenance_id']}"
    assert house.office.get(path).json["status"] == "scheduled"
    assert house.office.patch(path, {"store_ids": []}).status == 428
    cancelled = house.office.post(
        f"{path}/updates", {"status": "completed", "body": {"zh": "取消"}}
    )
    assert (cancelled.status, cancelled.json["cancelled"]) == (201, True)
    late = house.office.patch(path, {"name": {"zh": "别的"}}, if_match="*")
    assert (late.status, late.json["code"]) == (409, "maintenance_over")
    (listed,) = house.office.get("/v1/maintenances?state=over").json["items"]
    assert listed["maintenance_id"] == first.json["maintenance_id"]


def test_what_goes_wrong_with_one_keeps_nothing_from_the_others(day: Day) -> None:
    day.plan()
    broken = Series(id="broken", pattern=day.plan(recurrence=Rule("week")), made_for=day.now)
    pattern = msgspec.structs.replace(broken.pattern, recurrence=Recurrence("week", "Mars/Olympus"))
    keeping = Keeping(BY)
    keeping.series(msgspec.structs.replace(broken, pattern=pattern), None)
    keeping.commit()
    day.now += timedelta(hours=2)
    with pytest.raises(ZoneInfoNotFoundError):
        day.desk.tick()
    assert day.kinds().count("maintenance_started") == 2
    planned, _ = day.desk.maintenances(over=False, limit=99, after=None)
    assert len(planned) > 2


def test_clocks_that_strike_at_once_tell_and_make_everything_once(day: Day) -> None:
    day.plan(recurrence=Rule("week"))
    day.report(
        published_at=day.now + timedelta(minutes=30),
        next_update_due_at=day.now + timedelta(minutes=40),
    )
    day.now += timedelta(minutes=60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: day.desk.tick(), range(4)))
    day.desk.tick()
    assert sorted(day.kinds()) == ["incident", "maintenance_scheduled", "maintenance_soon"]
    planned, _ = day.desk.maintenances(over=False, limit=99, after=None)
    assert len({each.scheduled_for for each in planned}) == len(planned) == 5
    (told,) = day.desk.incidents("open", 9, None)[0]
    assert [each.what for each in told.events] == ["overdue"]
