"""What other programs read beside Statuspage's documents: RSS, Atom, iCalendar, badge and mini JSON."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import msgspec
import pytest

from chalicelib.kernel import clock
from chalicelib.outages.model.incidents import Affected
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.site import files
from chalicelib.outages.templates.statuspage import Site
from infra import showcase
from tests.unit.outages.world import NOW, component, incident, minutes, page, update, window

SITE = Site("灯塔", "https://status.example.cn")
EVIL = "<b>&\"'; 逗号,分号;\\反斜杠\n第二行\x07"
ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(key: str, whole: Whole | None = None, now: datetime = showcase.NOW) -> str:
    return files(whole or showcase.whole(), SITE, now)[key].body.decode()


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def of(*told: object, planned: tuple[Maintenance, ...] = ()) -> Whole:
    return Whole(page(component("a", name=Words("短信", "SMS"))), told, planned, ())  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def fields(lines: list[str], name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines if line.startswith(f"{name}:")]


def test_atom_has_what_readers_look_for() -> None:
    feed = parsed(text_of("en/history.atom"))
    assert feed.findtext(f"{ATOM}id") == "tag:status.example.cn,2005:/history"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 6 + 3
    ids = [each.findtext(f"{ATOM}id") for each in entries]
    assert len(set(ids)) == len(ids)
    late = next(e for e in entries if e.findtext(f"{ATOM}title") == "Some spend messages are late")
    content = late.findtext(f"{ATOM}content") or ""
    assert re.findall(r"<strong>(.*?)</strong>", content)[0] == "Identified"
    link = late.find(f"{ATOM}link")
    assert link is not None
    key = link.attrib["href"].removeprefix("https://status.example.cn/")
    assert key in files(showcase.whole(), SITE, showcase.NOW)
    for each in (*entries, feed):
        moment = clock.parse(each.findtext(f"{ATOM}updated") or "")
        assert moment.tzinfo is not None


def test_rss_has_dates_that_mail_programs_read_and_ids_that_stay() -> None:
    channel = parsed(text_of("history.rss")).find("channel")
    assert channel is not None
    dates = [parsedate_to_datetime(each.text or "") for each in channel.findall("item/pubDate")]
    assert len(dates) == 9
    assert dates == sorted(dates, reverse=True)
    assert len({each.text for each in channel.findall("item/guid")}) == 9


@pytest.mark.parametrize("key", ["history.atom", "history.rss"])
def test_what_people_write_stays_text_in_feeds(key: str) -> None:
    told = incident("i1", update("u1", body=Words(EVIL)), name=Words(EVIL))
    whole = of(told, planned=(window(5, 9, "a", name=Words(EVIL)),))
    feed = parsed(text_of(key, whole, NOW))
    body = next(each.text or "" for each in feed.iter() if each.tag.endswith(("content", "description"))
                and "strong" in (each.text or ""))  # fmt: skip
    assert "<b>" not in body
    assert "&lt;b&gt;" in body


def test_an_empty_history_is_a_feed_too() -> None:
    assert parsed(text_of("history.atom", of(), NOW)).findall(f"{ATOM}entry") == []
    assert parsed(text_of("history.rss", of(), NOW)).findall("channel/item") == []
    assert unfolded(text_of("status.ics", of(), NOW))[-1] == "END:VCALENDAR"


def test_the_calendar_has_each_maintenance_at_its_time() -> None:
    planned = window(60, 120, "a", name=Words(EVIL), version=3)
    lines = unfolded(text_of("status.ics", of(planned=(planned,)), NOW))
    assert fields(lines, "DTSTART") == ["20261122T090000Z"]
    assert fields(lines, "DTEND") == ["20261122T100000Z"]
    assert fields(lines, "SEQUENCE") == ["2"]
    assert fields(lines, "UID") == ["w1@status.example.cn"]
    assert fields(lines, "SUMMARY") == ["<b>&\"'\\; 逗号\\,分号\\;\\\\反斜杠\\n第二行"]
    assert fields(lines, "STATUS") == ["CONFIRMED"]


def test_a_maintenance_that_was_called_off_is_cancelled_in_calendars() -> None:
    off = window(60, 120, "a", ended_at=NOW)
    lines = unfolded(text_of("status.ics", of(planned=(off,)), NOW + minutes(5)))
    assert fields(lines, "STATUS") == ["CANCELLED"]
    assert fields(lines, "DTEND") == ["20261122T100000Z"]


def test_one_that_ended_early_ends_then_in_calendars() -> None:
    early = window(-60, 120, "a", ended_at=NOW)
    lines = unfolded(text_of("status.ics", of(planned=(early,)), NOW + minutes(5)))
    assert fields(lines, "DTEND") == ["20261122T080000Z"]


def test_the_badge_says_in_words_what_its_colour_says() -> None:
    for key, said in (
        ("badge.svg", "灯塔：个别服务出现故障"),
        ("en/badge.svg", "灯塔: Minor Service Outage"),
    ):
        picture = parsed(text_of(key))
        assert picture.findtext("{http://www.w3.org/2000/svg}title") == said
        assert picture.attrib["aria-label"] == said


def test_the_mini_program_gets_what_a_member_needs_in_one_language() -> None:
    told = json.loads(text_of("en/mini.json"))
    assert told["headline"] == "Minor Service Outage"
    assert clock.parse(told["generated_at"]) == showcase.NOW
    store, late = told["incidents"]
    assert (store["store_ids"], late["store_ids"]) == (["s0"], [])
    assert late["eta_at"] == "2026-11-22T09:00:00.000Z"
    assert [each["title"] for each in told["maintenances"]] == [
        "Mini program release",
        "Database upgrade",
    ]
    assert len(text_of("mini.json").encode()) < 4_000


def test_the_mini_program_is_not_told_of_one_store_where_all_are_touched() -> None:
    everywhere = Affected("a", "operational", "degraded_performance")
    here = Affected("a", "operational", "major_outage", ("s1",))
    said = msgspec.structs.replace(update("u1"), affected=(everywhere, here))
    told = json.loads(text_of("mini.json", of(incident("i1", said)), NOW.astimezone(UTC)))
    assert told["incidents"][0]["store_ids"] == []
    assert told["incidents"][0]["affects"] == ["短信"]
