"""The document, the routes and the page say the same."""

import re
import tomllib
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.adapters.http.problems import type_of
from chalicelib.front import VERSION, health, page
from infra import openapi
from infra.chalice_files import API_STAGE
from infra.functions import FUNCTIONS
from infra.paths import ROOT
from infra.template import api as gateway


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document()


@pytest.fixture(scope="module")
def html(document: dict[str, Any]) -> "Tags":
    tags = Tags()
    tags.feed(page.render(document))
    return tags


class Tags(HTMLParser):
    """Names of elements, ids, and where links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.ids: Counter[str] = Counter()
        self.leads: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            if name in {"href", "src", "action"}:
                self.leads.add(value or "")


def operations(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    return {
        (method.upper(), path): spoken
        for path, methods in document["paths"].items()
        for method, spoken in methods.items()
    }


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    faults = OpenAPIV31SpecValidator(document).iter_errors()
    assert [(each.json_path, each.message) for each in faults] == []


def test_every_route_is_in_the_document_and_every_operation_is_a_route(
    document: dict[str, Any],
) -> None:
    from app import app  # noqa: PLC0415 - after the settings

    served = {(method, path) for path, methods in app.routes.items() for method in methods}
    assert set(operations(document)) == served


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = Counter(spoken["operationId"] for spoken in operations(document).values())
    assert [name for name, times in names.items() if times > 1] == []


def test_the_checked_in_document_is_that_of_today() -> None:
    assert openapi.is_current(), "python -m infra.openapi"


def test_examples_of_requests_are_what_the_request_takes(document: dict[str, Any]) -> None:
    faults = []
    for (method, path), spoken in operations(document).items():
        for content in spoken.get("requestBody", {}).get("content", {}).values():
            schema = {**content["schema"], "components": document["components"]}
            faults += [
                (method, path, error.json_path, error.message)
                for error in Draft202012Validator(schema).iter_errors(content["example"])
            ]
    assert faults == []


def test_only_public_operations_ask_for_no_proof(document: dict[str, Any]) -> None:
    for (method, path), spoken in operations(document).items():
        statuses = set(spoken["responses"])
        if spoken["security"]:
            assert spoken["x-granted-to"], (method, path)
            assert {"401", "403"} <= statuses, (method, path)
        else:
            assert "x-permission" not in spoken, (method, path)


def test_what_the_gateway_answers_by_itself_is_in_the_catalogue(document: dict[str, Any]) -> None:
    told = {
        (code, each["status"]) for code, same in document["x-problems"].items() for each in same
    }
    assert {(each.code, each.status) for each in gateway.PROBLEMS} <= told


def test_each_problem_leads_to_its_place_on_the_page(document: dict[str, Any], html: Tags) -> None:
    assert {f"problem-{code}" for code in document["x-problems"]} <= set(html.ids)
    assert type_of("name_taken") == f"/{API_STAGE}/docs#problem-name_taken"
    assert document["servers"][0]["url"] == f"/{API_STAGE}"


def test_links_on_the_page_lead_somewhere_and_stay_here(html: Tags) -> None:
    inside = {lead[1:] for lead in html.leads if lead.startswith("#")}
    assert inside - set(html.ids) == set()
    assert {lead for lead in html.leads if not lead.startswith("#")} == {"openapi.json"}
    assert [name for name, times in html.ids.items() if times > 1] == []


def test_the_page_runs_no_script_and_asks_no_other_host(document: dict[str, Any]) -> None:
    html, text = Tags(), page.render(document)
    html.feed(text)
    assert html.names & {"script", "link", "img", "iframe", "object", "form"} == set()
    assert not re.search(r"@import|url\(", text.partition("</style>")[0])


def test_what_is_said_in_the_document_cannot_break_the_page(document: dict[str, Any]) -> None:
    evil = '<script>alert("x")</script>'
    told = {**document, "info": {**document["info"], "summary": evil, "description": evil}}
    assert evil not in page.render(told)


def test_readiness_asks_just_the_tables_that_the_api_may_read() -> None:
    api = next(each for each in FUNCTIONS if each.name == "api_handler")
    readable = {grant.table.name for grant in api.grants if "GetItem" in grant.actions}
    assert set(health.TABLES) == readable


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_the_page_for_tills_names_codes_and_addresses_that_there_are(
    document: dict[str, Any],
) -> None:
    text = (openapi.FILE.parent / "README.md").read_text()
    codes = set(re.findall(r"`(?:\d{3} )?([a-z]+(?:_[a-z]+)+)`", text)) | {
        word
        for cell in re.findall(r"`409` (.*?) \|", text)
        for word in re.findall(r"`(\w+)`", cell)
    }
    refusals = {
        code for code in codes if code.startswith(("balance_", "name_", "invalid_", "too_"))
    }
    assert refusals - {"balance_fen", "balance_after_fen"} <= set(document["x-problems"])
    assert "too_many_tries" in refusals
    addresses = set(re.findall(r"\$API(/[\w$/.-]+)", text))
    routes = [re.sub(r"\{\w+\}", "[^/]+", path) for path in document["paths"]]
    assert [one for one in addresses if not any(re.fullmatch(route, one) for route in routes)] == []
