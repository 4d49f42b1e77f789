"""The static site: which files there are, what they hold, and that they stand by themselves."""

import json
import re
from posixpath import dirname, join, normpath

from chalicelib.outages.model.whole import Whole
from chalicelib.outages.site import HTML, JSON, files
from chalicelib.outages.templates.statuspage import Site
from infra import showcase
from tests.unit.outages.world import NOW, component, incident, page, update

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


def test_no_page_is_larger_than_sixty_kilobytes() -> None:
    made = files(showcase.whole(), SITE, showcase.NOW)
    assert max(len(file.body) for key, file in made.items() if key.endswith(".html")) < 60_000
