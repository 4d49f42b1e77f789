"""What is really answered is what the document says."""

import json

import pytest

from chalicelib.adapters.http import Endpoint
from tests.client import Client, Reply
from tests.contracts import Contract
from tests.integration.access.catalogue import ENDPOINTS, example, let_in, name_of
from tests.integration.access.world import World, ask


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.today()


def call(world: World, endpoint: Endpoint, client: Client, *, body: str | None = None) -> Reply:
    told = example(endpoint)
    sent = body or (json.dumps(told.body(world)) if told.body else None)
    values = {**world.values(endpoint), **told.path(world)}
    return ask(client, endpoint, values, body=sent, query=told.query, headers=told.headers)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
def test_a_success_is_as_told(world: World, contract: Contract, endpoint: Endpoint) -> None:
    reply = call(world, endpoint, let_in(world, endpoint))
    assert reply.status in endpoint.answers
    assert contract.faults(endpoint.method, endpoint.path, reply) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
def test_refusals_are_as_told(world: World, contract: Contract, endpoint: Endpoint) -> None:
    callers = [world.house.public, world.house.other_till, let_in(world, endpoint)]
    faults = [
        fault
        for body in ("{}", "{", '{"nothing": "of this"}')
        for client in callers
        for fault in contract.faults(
            endpoint.method, endpoint.path, call(world, endpoint, client, body=body)
        )
    ]
    assert faults == []


def test_a_replay_says_that_it_is_one_and_the_document_says_so(
    world: World, contract: Contract
) -> None:
    path = "/v1/stores/{store_id}/spends/{out_trade_no}"
    body = {
        "member_id": world.member_id, "total_fen": 10**8,
        "payments": [{"method": "balance", "amount_fen": 10**8}],
    }  # fmt: skip
    name = f"/v1/stores/s1/spends/r-{world.number()}"
    replies = [world.house.till.put(name, body) for _ in range(2)]
    assert [reply.json["code"] for reply in replies] == ["balance_too_low"] * 2
    assert "Idempotent-Replay" in replies[1].headers
    assert [contract.faults("PUT", path, reply) for reply in replies] == [[], []]


def test_the_document_is_served_and_answers_304_to_who_holds_it(world: World) -> None:
    first = world.house.public.get("/openapi.json")
    assert first.json == Contract.today().document
    again = world.house.public.get("/openapi.json", if_none_match=first.headers["ETag"])
    assert (again.status, again.text) == (304, "")


def test_the_page_leads_from_a_problem_to_what_it_means(world: World) -> None:
    problem = world.house.public.get("/v1/me").json
    page = world.house.public.get("/docs")
    anchor = problem["type"].partition("#")[2]
    assert f'id="{anchor}"' in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_readiness_names_each_table_and_says_what_does_not_answer(world: World) -> None:
    reply = world.house.office.get("/readyz")
    found = {each["name"]: each for each in reply.json["dependencies"]}
    assert all(each["ready"] for name, each in found.items() if name.startswith("table "))
    assert found["keyring"]["ready"] is False  # no SSM stands behind this house
    assert (reply.status, reply.json["ready"]) == (503, False)
    assert reply.json["upstreams"] == ["wechat"]


def test_healthz_tells_stage_and_version(world: World) -> None:
    assert world.house.public.get("/healthz").json == {
        "status": "alive",
        "stage": "local",
        "version": "0.1.0",
    }
