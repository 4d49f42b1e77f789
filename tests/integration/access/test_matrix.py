"""Who may call what: every route, every kind of caller, own and foreign stores; the table of roles is the oracle."""

import json

import pytest

from app import app
from chalicelib.access.model import MEMBER, PUBLIC, ROLES
from chalicelib.adapters.http import Endpoint
from tests.client import Reply
from tests.integration.access.callers import Caller, Verdict, callers, verdict
from tests.integration.access.catalogue import ENDPOINTS, EXAMPLES, example, name_of
from tests.integration.access.problems import assert_clear
from tests.integration.access.world import World, ask, changed


@pytest.fixture(scope="module")
def everybody(world: World) -> list[Caller]:
    return callers(world)


def calls(everybody: list[Caller], endpoint: Endpoint) -> list[tuple[Caller, str, Verdict | None]]:
    """Each caller, at both stores where the path names one."""
    stores = ("s1", "s2") if "{store_id}" in endpoint.path else ("s1",)
    return [
        (caller, store, verdict(caller, endpoint, store))
        for caller in everybody
        for store in stores
    ]


def send(world: World, endpoint: Endpoint, caller: Caller, values: dict[str, str]) -> Reply:
    told = example(endpoint)
    body = json.dumps(told.body(world)) if told.body else None
    client = world.house.public.holding(caller.bearer)
    named = {**values, **told.path(world)}
    return ask(client, endpoint, named, body=body, query=told.query, headers=told.headers)


def test_every_route_of_the_app_is_declared_with_a_rule_and_no_example_is_left_over() -> None:
    served = {f"{method} {path}" for path, methods in app.routes.items() for method in methods}
    assert served == {name_of(each) for each in ENDPOINTS}
    assert {each.needs for each in ENDPOINTS} <= {PUBLIC, *frozenset().union(*ROLES.values())}
    assert set(EXAMPLES) <= served


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
def test_who_may_not_is_told_why_and_nothing_is_written(
    world: World, everybody: list[Caller], endpoint: Endpoint
) -> None:
    refused = [(who, at, told) for who, at, told in calls(everybody, endpoint) if told]
    values = {at: world.values(endpoint, at) for _, at, _ in refused}
    before = world.kept()
    for who, at, told in refused:
        reply = send(world, endpoint, who, values[at])
        assert_clear(reply, (who.name, at))
        found = reply.json
        assert (reply.status, found["code"]) == (told.status, told.code), (who.name, at, reply.text)
        if told.code == "permission_denied":
            granted_by = sorted(role for role, may in ROLES.items() if endpoint.needs in may)
            assert (found["missing"], found["granted_by"]) == (endpoint.needs, granted_by)
    assert changed(before, world.kept()) == []
    assert refused or endpoint.needs == PUBLIC


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
def test_who_may_is_served(world: World, everybody: list[Caller], endpoint: Endpoint) -> None:
    served = [(who, at) for who, at, told in calls(everybody, endpoint) if told is None]
    for who, at in served:
        reply = send(world, endpoint, who, world.values(endpoint, at))
        if reply.status not in endpoint.answers:
            assert_clear(reply, (who.name, at))
            assert reply.json["code"] in example(endpoint).but, (who.name, at, reply.text)
    assert served


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each.needs == MEMBER], ids=name_of
)
def test_a_member_reads_nothing_of_another(
    world: World, everybody: list[Caller], endpoint: Endpoint
) -> None:
    other = next(each for each in everybody if each.name == "other member")
    reply = send(world, endpoint, other, {})
    assert world.member_id not in reply.text
    assert world.phone not in reply.text


@pytest.mark.parametrize("scheme", ["Basic ", "", "bearer", "Bearer: ", "Token "])
def test_only_the_bearer_scheme_proves_anything(world: World, scheme: str) -> None:
    endpoint = next(each for each in ENDPOINTS if name_of(each) == "GET /v1/stores")
    proof = {"authorization": f"{scheme}{world.house.office.token}"}
    reply = ask(world.house.public, endpoint, {}, headers=proof)
    assert_clear(reply, scheme)
    assert reply.status == 401


def test_a_store_of_any_name_lists_none_of_the_chains_own_keys(world: World) -> None:
    office = world.house.office
    assert office.get("/v1/stores/chain/terminals").status == 404
    assert office.put("/v1/stores/chain", {"name": "Chain"}).status == 201
    assert office.get("/v1/stores/chain/terminals").json["items"] == []
    for store_id in ("CHAIN_KEYS", "None", "*"):
        assert office.get(f"/v1/stores/{store_id}/terminals").status == 404


def test_nothing_is_public_that_is_not_meant_to_be() -> None:
    """Written out, so that a rule that is loosened shows here."""
    public = {name_of(each) for each in ENDPOINTS if each.needs == PUBLIC}
    status = {path for path in public if path.startswith(("GET /v2/", "GET /status"))}
    about = {"GET /healthz", "GET /openapi.json", "GET /docs", "GET /v1/offline-keys"}
    signed = {"GET /callbacks/wechat", "POST /callbacks/wechat"}  # by WeChat
    secret = "/callbacks/sms/{provider}/{secret}"  # of the providers
    pushed = {*signed, f"GET {secret}", f"POST {secret}"}
    letter = "/v1/subscriptions/{token}"  # whoever has the letter
    links = {f"{each} {letter}/{what}" for each in ("GET", "POST") for what in ("confirm", "leave")}
    asked = {"POST /v1/member-sessions", "POST /v1/subscriptions"}
    typed = {f"POST /v1/subscriptions/{what}" for what in ("code", "form", "code-form")}
    assert public - status == {*about, *pushed, *links, *asked, *typed}


def test_who_only_reads_changes_nothing(world: World, everybody: list[Caller]) -> None:
    """An auditor may look up and search, which are no changes, and send nothing else than GET.

    Support may also have a message sent again, and mark what members wrote.
    """
    asking = {
        "POST /v1/members/lookup", "POST /v1/messages/search", "POST /v1/messages/diagnosis",
        "POST /v1/message-templates/{kind}/preview",
    }  # fmt: skip
    reaching = {
        name_of(each)
        for each in ENDPOINTS
        if each.method != "GET" and each.needs in ROLES["auditor"] | ROLES["support"]
    }
    resend = "POST /v1/messages/{message_id}/resend"
    assert reaching - {resend, "PUT /v1/care/{care_id}/mark"} <= asking
    before = world.kept()
    for who in everybody:
        for endpoint in ENDPOINTS:
            if who.role == "auditor" and name_of(endpoint) in asking:
                assert send(world, endpoint, who, world.values(endpoint)).status == 200
    assert changed(before, world.kept()) == []
