"""The whole comes up from the package, answers at its addresses, and keeps what it knows."""

import json
from typing import Any

import urllib3

from infra.local import firstspend
from tests.deployed.conftest import LocalStack


def get(url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", url, retries=False, timeout=30)


def test_the_api_answers_behind_the_front_door(stack: dict[str, Any]) -> None:
    assert get(f"{stack['api_url']}/healthz").status == 200


def test_status_clients_find_the_summary_at_the_hosts_root(stack: dict[str, Any]) -> None:
    host = stack["static_status_url"].rstrip("/")
    answer = get(f"{host}/api/v2/summary.json")
    assert answer.headers["Content-Type"].startswith(("application/json", "application/problem"))
    assert json.loads(answer.data)


def test_the_status_page_stands_at_the_root_and_at_its_address(stack: dict[str, Any]) -> None:
    for url in (stack["static_status_url"], stack["status_url"]):
        answer = get(url)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert b"<!doctype html>" in answer.data.lower()


def test_an_unknown_address_is_a_problem_document(stack: dict[str, Any]) -> None:
    answer = get(f"{stack['api_url']}/no/such/address")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.data)["code"] == "not_found"


def test_a_second_call_of_up_finds_nothing_to_do(local_stack: LocalStack) -> None:
    before = local_stack.addresses
    assert "The deployed stack is up to date." in local_stack.up()
    assert local_stack.addresses == before


def test_after_down_and_up_a_spend_reaches_its_member_at_the_same_addresses(
    local_stack: LocalStack,
) -> None:
    before = local_stack.addresses
    local_stack.down()
    assert "The deployed stack is up to date." in local_stack.up()
    assert local_stack.addresses == before
    assert "its message is sent" in firstspend.take(before)
