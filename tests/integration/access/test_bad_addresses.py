"""Path values and query parameters that are not what they should be; cursors that were forged or are another's."""

import json
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pytest

from chalicelib.access import service
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Endpoint
from chalicelib.adapters.http.answers import JSON
from chalicelib.kernel import clock
from tests.client import Client, Reply
from tests.house import BY
from tests.integration.access.catalogue import ASKING, ENDPOINTS, NAMING, example, let_in, name_of
from tests.integration.access.mutants import PHONE
from tests.integration.access.problems import assert_clear
from tests.integration.access.world import World, ask, changed, names_in

Query = Mapping[str, str | Sequence[str]]
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
UNKNOWN = {
    "care_id": f"v1.{'0' * 64}-1-{'0' * 16}",
    "store_id": "nowhere", "member_id": ULID, "terminal_id": ULID, "message_id": f"{ULID}-{ULID}",
    "component_id": "zzzzzzzzzzzz", "incident_id": "zzzzzzzzzzzz", "update_id": "zzzzzzzzzzzz",
    "maintenance_id": "zzzzzzzzzzzz", "template_id": "never-prepared", "staff_no": "77",
    "out_trade_no": "never-sold", "out_top_up_no": "never-sold", "device_id": "never-registered",
    "held_id": ULID, "shift_name": "never-opened", "out_refund_no": "never-given",
    "out_void_no": "never-given", "out_sale_no": "never-given", "out_grant_no": "never-given",
    "out_correction_no": "never-given", "out_transfer_no": "never-given", "out_report_no": "never-given",
    "kind": "nothing", "provider": "carrier-pigeon", "secret": "never-told", "month": "2020-01",
    "notice_id": "never-told", "group_name": "never-made", "subscriber_id": "0" * 32, "token": "0" * 64,
}  # fmt: skip
NO_NAMES = (
    "", " ", "a b#c", "s1#spend", "a/b", "a\nb", "\n", "\x00", "a\x00", "\u202e", "１２３", "é", "中文", "%2e%2e",
    "\ud800", "\ufeff", "x" * 129, "x" * 5000, "#", "{0}", f"+86 {PHONE}", "$.a", "' OR 1=1 --",
)  # fmt: skip
NO_NUMBERS = (
    "0",
    "-1",
    "101",
    "1.5",
    "x",
    "",
    " 1",
    "１",
    "0x10",
    "9" * 40,
    "9" * 5000,
    "\x00",
    "\ud800",
    PHONE,
)


def field_names(endpoint: Endpoint) -> Iterator[str]:
    assert endpoint.asks
    yield from (field.encode_name for field in msgspec.structs.fields(endpoint.asks))


PAGED = tuple(each for each in ASKING if "cursor" in set(field_names(each)))
LISTS = tuple(each for each in PAGED if each.content_type == JSON)


def asked(
    world: World,
    endpoint: Endpoint,
    client: Client | None = None,
    values: Mapping[str, str] | None = None,
    query: Query | None = None,
) -> Reply:
    told = example(endpoint)
    named = {**world.values(endpoint), **told.path(world)} if values is None else values
    body = json.dumps(told.body(world)) if told.body else None
    sent = {**told.query, **(query or {})}
    many = {name: [one] if isinstance(one, str) else one for name, one in sent.items()}
    return ask(
        client or let_in(world, endpoint),
        endpoint,
        named,
        body=body,
        query=many,
        headers=told.headers,
    )


def knows(endpoint: Endpoint, **query: str) -> bool:
    assert endpoint.asks
    told = {name: each[0] for name, each in example(endpoint).query.items()}
    try:
        msgspec.convert({**told, **query}, endpoint.asks, strict=False)
    except (msgspec.ValidationError, UnicodeError):
        return False
    return True


@pytest.mark.parametrize("endpoint", NAMING, ids=name_of)
def test_a_path_value_that_is_no_name_leads_nowhere(world: World, endpoint: Endpoint) -> None:
    good = {**world.values(endpoint), **example(endpoint).path(world)}
    before = world.kept()
    for name in names_in(endpoint.path):
        theirs = name.startswith("out_") or name == "shift_name"
        also = () if theirs else ("..", "*")  # a till may call an order so
        for wrong in (
            *NO_NAMES,
            *also,
            good[name] + "\n",
            good[name] + "\x00",
            "x" * 128 + good[name],
        ):
            reply = asked(world, endpoint, values={**good, name: wrong})
            assert_clear(reply, (name, wrong[:40]), never=(PHONE,))
            assert reply.status in {403, 404, 422}, (name, wrong[:40], reply.text)
    assert changed(before, world.kept()) == []


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        (each, name)
        for each in NAMING
        for name in names_in(each.path)
        if each.method != "PUT" or name != names_in(each.path)[-1]  # what a PUT names, it makes
    ],
    ids=lambda each: each if isinstance(each, str) else name_of(each),
)
def test_what_is_not_there_is_not_found(world: World, endpoint: Endpoint, name: str) -> None:
    values = {**world.values(endpoint), name: UNKNOWN[name]}
    before = world.kept()
    for client in {let_in(world, endpoint), world.house.office}:
        reply = asked(world, endpoint, client, values)
        assert_clear(reply, values)
        unbound = client is world.house.office or name != "store_id"
        told = (404, "not_found") if unbound else (403, "wrong_store")
        if name_of(endpoint).endswith("/staff-sessions") and unbound:
            told = (
                401,
                "not_authenticated",
            )  # whether there is such an account is nobody's business
        assert (reply.status, reply.json["code"]) == told, (client.token, reply.text)
    assert changed(before, world.kept()) == []


@pytest.mark.parametrize("endpoint", ASKING, ids=name_of)
def test_a_query_that_does_not_fit_is_refused(world: World, endpoint: Endpoint) -> None:
    for name in field_names(endpoint):
        for wrong in (*NO_NUMBERS, "x" * 2000, f"a{PHONE}"):
            reply = asked(world, endpoint, query={name: wrong})
            assert_clear(reply, (name, wrong[:40]), never=(PHONE,))
            assert knows(endpoint, **{name: wrong}) or reply.status in {400, 422}, (
                name,
                wrong[:40],
            )
        twice = asked(world, endpoint, query={name: ["1", "1"]})
        assert_clear(twice, name)
        assert twice.status == 422, (name, twice.text)
    for strange in ("surprise", PHONE, "\x00"):
        reply = asked(world, endpoint, query={strange: "1"})
        assert_clear(reply, strange, never=(PHONE,))
        assert (reply.status == 422) != knows(endpoint, **{strange: "1"}), reply.text


def test_lists_hold_one_to_a_hundred(world: World) -> None:
    assert LISTS
    for endpoint in LISTS:
        found = [
            asked(world, endpoint, query={"limit": limit}).status
            for limit in ("0", "1", "100", "101")
        ]
        assert found == [422, 200, 200, 422], name_of(endpoint)


@pytest.mark.parametrize("endpoint", PAGED, ids=name_of)
def test_a_cursor_is_good_for_its_caller_and_its_list_alone(
    world: World, endpoint: Endpoint
) -> None:
    cursor = cursor_of(asked(world, endpoint, query={"limit": "1"}))
    assert cursor, "the world of these tests needs two items in each list"
    assert asked(world, endpoint, query={"limit": "1", "cursor": cursor}).status == 200
    for at in range(0, len(cursor) - 4, 7):
        other = "A" if cursor[at] != "A" else "B"
        assert_refused(
            asked(world, endpoint, query={"cursor": cursor[:at] + other + cursor[at + 1 :]})
        )
    for forged in ("A", "AAAA", "x" * 1024, "é", "\x00", cursor[:-8], cursor * 2, "e30", "null"):
        assert_refused(asked(world, endpoint, query={"cursor": forged}))
    assert_refused(asked(world, endpoint, stranger(world, endpoint), query={"cursor": cursor}))
    for other_list in PAGED:
        if other_list is not endpoint and other_list.needs == endpoint.needs:
            assert_refused(asked(world, other_list, query={"cursor": cursor}))
    if "{member_id}" in endpoint.path:
        other_member = {"member_id": world.other_member_id}
        assert_refused(asked(world, endpoint, values=other_member, query={"cursor": cursor}))


def cursor_of(page: Reply) -> str | None:
    """What is no JSON tells it in a header."""
    if page.headers["Content-Type"] == JSON:
        cursor: str | None = page.json["next_cursor"]
        return cursor
    return page.headers.get("X-Next-Cursor")


def test_a_cursor_of_a_search_is_good_for_that_search_alone(world: World) -> None:
    search = next(each for each in ENDPOINTS if name_of(each) == "POST /v1/messages/search")
    office, wanted = world.house.office, {"member_id": world.member_id, "limit": 1}
    cursor = office.post("/v1/messages/search", wanted).json["next_cursor"]
    assert cursor
    assert office.post("/v1/messages/search", {**wanted, "cursor": cursor}).status == 200
    assert_refused(
        stranger(world, search).post("/v1/messages/search", {**wanted, "cursor": cursor})
    )
    for other in (
        {"member_id": world.other_member_id},
        {"member_id": world.member_id, "from": "2026-01-01T00:00:00Z"},
        {"phone": world.phone},
    ):
        assert_refused(office.post("/v1/messages/search", {**other, "cursor": cursor}))


def stranger(world: World, endpoint: Endpoint) -> Client:
    """Another caller who may call it."""
    if endpoint.needs == MEMBER:
        return world.house.member(world.other_member_id)
    key = service.issue_operator_key("another", ("owner",), clock.now(), BY)[1]
    return world.house.public.holding(key)


def assert_refused(reply: Reply) -> None:
    assert_clear(reply, reply.text)
    assert (reply.status, reply.json["code"]) == (400, "invalid_cursor"), reply.text
