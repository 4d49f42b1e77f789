"""Hiding what subscribers were told of ends the telling under way; and notices follow each other as updates do."""

import itertools
from datetime import timedelta

from chalicelib.notices.model.jobs import overtakes
from chalicelib.outages.model.asked import IncidentChange, NewUpdate
from tests.integration.outages.test_clockwork import BY, SAID, Day
from tests.integration.outages.test_clockwork import day as day_of_it

day = day_of_it


def withdrawn(day: Day) -> list[str]:
    return [each.about_id for each in day.notices() if each.withdraws]


def test_hiding_what_was_told_withdraws_it_once(day: Day) -> None:
    told = day.report()
    day.later(minutes=1)
    for _ in range(2):
        day.desk.change_incident(told, None, IncidentChange(public=False), BY)
    assert withdrawn(day) == [told]
    first, last = sorted(day.notices(), key=lambda each: each.withdraws)
    assert overtakes(last, first)
    assert (last.component_ids, last.store_ids) == ((), ())


def test_putting_it_off_into_the_future_hides_it_too(day: Day) -> None:
    told = day.report()
    later = IncidentChange(published_at=day.now + timedelta(hours=1))
    day.desk.change_incident(told, None, later, BY)
    assert withdrawn(day) == [told]


def test_nothing_is_withdrawn_of_what_nobody_was_told(day: Day) -> None:
    draft = day.report(public=False)
    day.desk.post_update(draft, NewUpdate(status="identified", body=SAID), None, BY)
    silent = day.report(deliver_notifications=False)
    day.desk.change_incident(silent, None, IncidentChange(public=False), BY)
    assert day.notices() == []


def test_updates_of_one_millisecond_overtake_each_other_in_their_own_order(day: Day) -> None:
    told = day.report()
    for _ in range(12):
        day.desk.post_update(told, NewUpdate(status="identified", body=SAID), None, BY)
    notices = sorted(day.notices(), key=lambda each: each.version)
    assert len({each.at for each in notices}) == 1
    assert all(overtakes(new, old) for old, new in itertools.pairwise(notices))
    assert [each.version for each in notices] == list(range(1, 14))
