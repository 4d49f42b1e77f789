"""The static site in its buckets: what is written, in which order, and what became of the journal."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib import config
from chalicelib.adapters import objects
from chalicelib.adapters.objects import Bucket
from chalicelib.outages import journal
from chalicelib.outages.journal import Entry
from chalicelib.outages.model.asked import Body, Name, Naming, NewIncident, NewUpdate
from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.publishing import NoTimeLeft, NotPublished, Publishing, kept
from chalicelib.outages.templates.statuspage import Site
from infra import status
from infra.tables import TABLES
from tests.unit.outages.world import NOW, component, incident, minutes, page, update

SITE = Site("灯塔", "https://status.example")
TILL = "000000000001"
WHOLE = Whole(page(component(TILL)), (), (), ())
ONE, TWO = Bucket("one"), Bucket("two")


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names = {one.env: "none" for one in TABLES}
    own = {"DENGTA_STAGE": "local", "KEYRING_PARAM": "/none", "AWS_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in {**names, **own, **keys}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "STATUS_BUCKET", "STATUS_BUCKET_2"):
        monkeypatch.delenv(name, raising=False)
    forget()
    with mock_aws():
        for bucket in (ONE, TWO):
            objects._client().create_bucket(Bucket=bucket.name)  # noqa: SLF001
        yield
    forget()


def forget() -> None:
    config.settings.cache_clear()
    objects.forget()


class Desk:
    """What is kept, as the table would tell it; each reading is one moment later."""

    def __init__(self, *wholes: Whole) -> None:
        self.wholes = list(wholes)
        self.read_times = 0

    def read(self, _since: datetime) -> Whole:
        self.read_times += 1
        return self.wholes[0]

    def mark(self) -> object:
        found = self.wholes[0]
        if len(self.wholes) > 1:
            self.wholes.pop(0)
        return found.page.updated_at


def publishing(*buckets: Bucket, desk: Desk | None = None, at: datetime = NOW) -> Publishing:
    desk = desk or Desk(WHOLE)
    return Publishing(buckets, SITE, desk.read, desk.mark, lambda: at)


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are put from now on, in order."""
    keys: list[str] = []
    put = Bucket.put

    def note(bucket: Bucket, key: str, body: bytes, content_type: str, cache: str) -> None:
        keys.append(key)
        put(bucket, key, body, content_type, cache)

    monkeypatch.setattr(Bucket, "put", note)
    return keys


def text(bucket: Bucket, key: str) -> str:
    return (bucket.get(key) or b"").decode()


def report(entry_id: str = "01J00000000000000000000001") -> Entry:
    asked = NewIncident(
        name=Name("全部门店无法收银", "Tills are down"),
        body=Body("正在排查", "We are looking"),
        components=[Naming(TILL, "major_outage")],
        started_at=NOW,
    )
    return Entry(id=entry_id, at=NOW, who="console", incident_id="mincident001", report=asked)


def test_every_file_lies_under_site_and_the_front_pages_come_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = written(monkeypatch)
    publishing(ONE).run()
    pages = [key for key in keys if key.startswith("site/")]
    assert {"site/index.html", "site/en/index.html", "site/api/v2/summary.json"} <= set(pages)
    assert pages[-1] == "site/index.html"
    assert set(keys) - set(pages) == {"state.json"}
    assert "灯塔" in text(ONE, "site/index.html")


def test_a_page_that_says_the_same_is_not_written_again_but_the_time_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publishing(ONE).run()
    keys = written(monkeypatch)
    publishing(ONE, at=NOW + minutes(1)).run()
    assert "site/index.html" in keys
    assert "site/api/v2/summary.json" not in keys


def test_a_file_that_is_not_what_it_was_left_as_is_mended_by_the_next_run() -> None:
    publishing(ONE).run()
    said = text(ONE, "site/api/v2/summary.json")
    ONE.put("site/api/v2/summary.json", b"of a run that was slower", "application/json", "")
    publishing(ONE, at=NOW + minutes(1)).run()
    assert text(ONE, "site/api/v2/summary.json") == said


@pytest.mark.parametrize("left", ["incidents/hidden.html", "en/stores/s9.html", "old.css"])
def test_what_is_no_part_of_the_site_is_taken_away_whoever_left_it(left: str) -> None:
    publishing(ONE).run()
    ONE.put(f"site/{left}", b"of a run that was overtaken", "text/html", "")
    publishing(ONE, at=NOW + minutes(1)).run()
    assert ONE.get(f"site/{left}") is None
    assert kept(ONE), "what lies beside the site stays"


def a_big_site() -> Whole:
    """Some hundred pages, and an incident among them."""
    shown = tuple(StoreShown(f"s{n}", Words(f"{n} 店", f"Store {n}")) for n in range(40))
    told = incident("incident0001", update("update000001", "resolved", {TILL: "major_outage"}))
    many = msgspec.structs.replace(WHOLE.page, stores=shown)
    return msgspec.structs.replace(WHOLE, page=many, incidents=(told,))


class Killed(BaseException):
    """The process ended there and then."""


def killed_at(monkeypatch: pytest.MonkeyPatch, most: int) -> list[str]:
    """So many objects can be put, then the process is no more; which they were."""
    keys = written(monkeypatch)
    put, places = Bucket.put, iter(range(most))

    def fail(bucket: Bucket, key: str, *rest: Any) -> None:  # noqa: ANN401
        if next(places, None) is None:
            raise Killed
        put(bucket, key, *rest)

    monkeypatch.setattr(Bucket, "put", fail)
    return keys


def test_a_run_that_is_killed_leaves_the_old_page_and_the_next_goes_on_where_it_was() -> None:
    publishing(ONE).run()
    old = text(ONE, "site/index.html")
    desk = Desk(a_big_site())
    puts: list[str] = []
    for minute in range(1, 20):
        before = text(ONE, "site/index.html")
        with pytest.MonkeyPatch.context() as patch:
            keys = killed_at(patch, 30)
            with suppress(Killed):
                publishing(ONE, desk=desk, at=NOW + minutes(minute)).run()
                break
        assert text(ONE, "site/index.html") == before == old
        puts += keys
    assert minute > 2, "it was killed again and again"
    assert "40 店" not in old
    assert "incidents/incident0001.html" in text(ONE, "site/index.html")
    moving = {"site/mini.json", "site/en/mini.json"}  # they tell the minute
    again = [key for key, times in Counter(puts).items() if times > 1 and key not in moving]
    assert again == []


def test_a_run_without_time_stops_before_the_front_page_and_says_so() -> None:
    desk, left = Desk(a_big_site()), iter([True])
    hurried = publishing(ONE, desk=desk)
    hurried = msgspec.structs.replace(hurried, has_time=lambda: next(left, False))
    with pytest.raises(NoTimeLeft):
        hurried.run()
    assert ONE.get("site/index.html") is None
    assert 0 < len(list(ONE.keys("site/"))) < 60
    publishing(ONE, desk=desk).run()
    assert text(ONE, "site/stores/s39.html")
    assert text(ONE, "site/index.html")


def test_one_bucket_that_is_away_does_not_keep_the_other() -> None:
    with pytest.raises(NotPublished, match="missing"):
        publishing(Bucket("missing"), TWO).write(WHOLE, NOW)
    assert text(TWO, "site/index.html")


def test_one_bucket_whose_journal_cannot_be_read_does_not_keep_the_other() -> None:
    with pytest.raises(NotPublished, match="missing"):
        publishing(Bucket("missing"), TWO).run()
    assert text(TWO, "site/index.html")


def test_what_changed_while_it_was_written_is_written_once_more() -> None:
    later = msgspec.structs.replace(
        WHOLE, page=msgspec.structs.replace(WHOLE.page, updated_at=NOW + minutes(1))
    )
    desk = Desk(WHOLE, later)
    publishing(ONE, desk=desk).run()
    assert desk.read_times == 2


def test_no_page_yet_publishes_nothing() -> None:
    Publishing((ONE,), SITE, lambda _: None, lambda: None, lambda: NOW).run()
    assert list(ONE.keys("")) == []


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


def test_what_is_refused_for_other_reasons_than_absence_is_told() -> None:
    with pytest.raises(ClientError):
        Bucket("missing").put("a", b"", "text/plain", "")
    assert ONE.get("nothing") is None
