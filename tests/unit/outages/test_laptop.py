"""What an operator publishes straight into a bucket, and what becomes of that journal."""

import pytest

from chalicelib.outages import journal
from chalicelib.outages.journal import Entry
from chalicelib.outages.model.asked import Body, Name, Naming, NewIncident, NewUpdate
from infra import status
from tests.unit.outages.buckets import ONE, TILL, TWO, WHOLE, publishing, s3, text
from tests.unit.outages.world import NOW, minutes

__all__ = ["s3"]


def report(entry_id: str = "01J00000000000000000000001") -> Entry:
    asked = NewIncident(
        name=Name("全部门店无法收银", "Tills are down"),
        body=Body("正在排查", "We are looking"),
        components=[Naming(TILL, "major_outage")],
        started_at=NOW,
    )
    return Entry(id=entry_id, at=NOW, who="console", incident_id="mincident001", report=asked)


def test_what_is_written_straight_into_the_bucket_is_on_the_page_and_waits_in_the_journal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    publishing(ONE).run()
    told = [
        "--zh",
        "全部门店无法收银",
        "--body-zh",
        "正在排查",
        "--component",
        f"{TILL}=major_outage",
    ]
    assert status.main(["--bucket", "one", "report", *told]) == 0
    assert "全部门店无法收银" in text(ONE, "site/index.html")
    (entry,) = journal.entries(ONE)
    more = ["update", entry.incident_id, "--status", "monitoring", "--body-zh", "已修复，观察中"]
    assert status.main(["--bucket", "one", *more]) == 0
    assert "已修复，观察中" in text(ONE, "site/index.html")
    assert [bool(each.report) for each in journal.entries(ONE)] == [True, False]
    capsys.readouterr()
    assert status.main(["--bucket", "one", "show"]) == 0
    assert "In the journal: 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "asked",
    [
        ["update", "mnosuchthing", "--status", "resolved", "--body-zh", "好了"],
        ["report", "--zh", "坏了", "--body-zh", "看看", "--component", f"{TILL}=broken"],
        ["report", "--body-zh", "看看"],
    ],
)
def test_what_the_page_could_not_show_is_refused_and_leaves_nothing(asked: list[str]) -> None:
    publishing(ONE).run()
    assert status.main(["--bucket", "one", *asked]) == 1
    assert journal.entries(ONE) == []


def test_a_laptop_may_have_the_buckets_in_its_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status.main(["show"]) == 1
    assert "--bucket" in capsys.readouterr().out
    publishing(TWO).run()
    monkeypatch.setenv("STATUS_BUCKET_2", TWO.name)
    assert status.main(["show"]) == 0


def test_the_same_entry_again_changes_nothing_that_is_shown() -> None:
    once = journal.told(WHOLE, [report()])
    update = NewUpdate(status="resolved", body=Body("好了"), display_at=NOW + minutes(5))
    later = Entry(
        id="01J00000000000000000000002",
        at=NOW + minutes(5),
        who="console",
        incident_id="mincident001",
        update=update,
    )
    both = journal.told(once, [report(), later])
    (incident,) = both.incidents
    assert (incident.id, incident.status, len(incident.updates)) == ("mincident001", "resolved", 2)
    assert journal.told(both, [report(), later]) == both


def test_an_unreadable_entry_keeps_no_other_waiting() -> None:
    ONE.put("journal/00.json", b"{", "application/json", "no-store")
    journal.keep(ONE, report())
    assert journal.entries(ONE) == [report()]
