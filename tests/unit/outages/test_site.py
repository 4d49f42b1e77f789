"""The static site: which files there are, what they hold, and that they stand by themselves."""

import json
import re
from posixpath import dirname, join, normpath

import msgspec
import pytest

from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Words
from chalicelib.outages.site import HTML, JSON, files
from chalicelib.outages.templates.statuspage import Site
from infra import showcase
from tests.unit.outages.world import NOW, component, incident, minutes, page, update, window

SITE = Site("灯塔", "https://status.example.cn")


def test_every_file_is_there_in_both_languages() -> None:
    made = files(Whole(page(component("a")), (), (), ()), SITE, NOW)
    chinese = {key for key in made if not key.startswith("en/")}
    assert {key.removeprefix("en/") for key in set(made) - chinese} == chinese
    assert made["index.html"].content_type == HTML
    assert made["en/api/v2/summary.json"].content_type == JSON


def test_names_are_in_the_language_of_their_folder() -> None:
    told = incident("i1", update("u1", "identified", {"a": "partial_outage"}))
    made = files(Whole(page(component("a")), (told,), (), ()), SITE, NOW)
    assert json.loads(made["api/v2/summary.json"].body)["incidents"][0]["name"] == "短信延迟"
    english = json.loads(made["en/api/v2/incidents/unresolved.json"].body)
    assert english["incidents"][0]["name"] == "Messages are late"
    assert "Messages are late" in made["en/index.html"].body.decode()


def test_every_link_leads_to_a_file_that_is_there_and_names_no_host() -> None:
    made = files(showcase.whole(), SITE, showcase.NOW)
    pages = {key: file.body.decode() for key, file in made.items() if key.endswith(".html")}
    assert len(pages) == 2 * (1 + 4 + 3 + 6 + 3)  # now, stores, months, incidents, maintenances
    for key, text in pages.items():
        for href in re.findall(r'<(?:a|link)[^>]* href="([^"#]+)"', text):
            if not href.startswith("data:"):
                assert normpath(join(dirname(key), href)) in made, f"{key}: {href}"


def test_hundreds_of_stores_that_see_the_same_are_written_once_and_each_has_its_name() -> None:
    stores = tuple(StoreShown(f"n{number}", Words(f"第{number}店")) for number in range(300))
    whole = showcase.whole()
    shown = msgspec.structs.replace(whole.page, stores=(*whole.page.stores, *stores))
    made = files(msgspec.structs.replace(whole, page=shown), SITE, showcase.NOW)
    page_of_one = made["stores/n299.html"].body.decode()
    assert "第299店" in page_of_one
    assert "第298店" not in page_of_one
    assert "南京路店" in made["stores/s0.html"].body.decode()
    assert not [key for key, file in made.items() if b"\0" in file.body]


def test_a_quiet_stores_page_stays_as_it_is_for_an_hour() -> None:
    kept = msgspec.structs.replace(page(component("a")), stores=(StoreShown("s1", Words("一店")),))
    over = incident("i1", update("u1", "resolved"), updated_at=NOW - minutes(600))
    whole = Whole(kept, (over,), (), ())
    early, late, later = (
        files(whole, SITE, NOW + minutes(count))["stores/s1.html"].body for count in (61, 118, 121)
    )
    assert early == late
    assert later != late
    assert "65 分钟" in early.decode()


@pytest.mark.parametrize("cause", ["incident", "maintenance", "soon"])
def test_a_page_of_a_store_with_trouble_moves_with_each_minute(cause: str) -> None:
    kept = msgspec.structs.replace(page(component("a")), stores=(StoreShown("s1", Words("一店")),))
    told = (incident("i1"),) if cause == "incident" else ()
    begins = {"maintenance": -30, "soon": 30}.get(cause)
    planned = (window(begins, 300, "a"),) if begins else ()
    whole = Whole(kept, told, planned, ())
    first, second = (
        files(whole, SITE, NOW + minutes(count))["stores/s1.html"].body for count in (10, 11)
    )
    assert first != second
    assert "5 分钟" in second.decode()


def test_only_pages_that_speak_of_now_change_while_nothing_happens() -> None:
    whole = showcase.whole()
    first, second = (files(whole, SITE, showcase.NOW + minutes(count)) for count in (0, 1))
    moved = {key.removeprefix("en/") for key in first if first[key] != second[key]}
    going_on = {f"incidents/{each.id}.html" for each in whole.incidents if each.open}
    going_on |= {f"incidents/{e.id}.html" for e in whole.maintenances if e.live(showcase.NOW)}
    assert len(going_on) == 3
    stores = {f"stores/{each.store_id}.html" for each in whole.page.stores}
    assert moved == {"index.html", "mini.json", *stores, *going_on}


def test_where_nothing_is_known_the_site_says_so_and_nothing_else() -> None:
    for kept in (page(), page(component("a", group=True))):
        made = files(Whole(kept, (), (), ()), SITE, NOW)
        assert set(made) == {"index.html", "en/index.html"}
        assert "这不表示一切正常" in made["index.html"].body.decode()
        assert "does not mean that all is well" in made["en/index.html"].body.decode()


def test_no_page_is_larger_than_sixty_kilobytes() -> None:
    made = files(showcase.whole(), SITE, showcase.NOW)
    assert max(len(file.body) for key, file in made.items() if key.endswith(".html")) < 60_000
