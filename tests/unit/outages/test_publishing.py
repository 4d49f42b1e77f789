"""The static site in its buckets: what is written, in which order, and where it goes on."""

from collections import Counter
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.objects import Bucket
from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.publishing import NoTimeLeft, NotPublished, Publishing, kept
from tests.unit.outages.buckets import ONE, SITE, TILL, TWO, WHOLE, Desk, publishing, s3, text
from tests.unit.outages.world import NOW, incident, minutes, update

__all__ = ["s3"]


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that are put from now on, in order."""
    keys: list[str] = []
    put = Bucket.put

    def note(bucket: Bucket, key: str, body: bytes, content_type: str, cache: str) -> None:
        keys.append(key)
        put(bucket, key, body, content_type, cache)

    monkeypatch.setattr(Bucket, "put", note)
    return keys


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


def test_what_is_refused_for_other_reasons_than_absence_is_told() -> None:
    with pytest.raises(ClientError):
        Bucket("missing").put("a", b"", "text/plain", "")
    assert ONE.get("nothing") is None
