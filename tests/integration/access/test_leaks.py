"""Real flows with known people and secrets; then everything that was logged, kept or refused is searched for them."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.exceptions import InvalidTag

from chalicelib.adapters import secrets, tables
from chalicelib.adapters.log import JsonLines
from infra.upstreams.wechat import demo_openid
from tests.client import Client, Reply
from tests.house import KEYRING
from tests.integration.access.mutants import PHONE as TYPED_PHONE
from tests.integration.access.world import World

COUNTER_PHONE, APP_PHONE, OTHER_PHONE = "18700001111", "18700002222", "18700003333"
NAME, NEW_NAME, EMAIL = "欧阳灯塔", "司徒海岸", "ouyang.leak@example.com"
PIN, WRONG_PIN = "80808080", "70707070"
QUIET = ("pynamodb", "botocore", "urllib3", "mail.log", "asyncio")


class Watch(logging.Handler):
    """Every line as it would be written; what other people's libraries say at DEBUG is off where this is deployed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.INFO or not record.name.startswith(QUIET):
            self.lines.append(self.format(record))


class Told:
    """What was answered: refusals apart, and what belongs to nobody but those who were told."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.secrets: set[str] = set()

    def of(self, reply: Reply, status: int) -> Any:  # noqa: ANN401
        assert reply.status == status, reply.text
        if status >= 400:
            self.refusals.append(reply.text)
            return reply.json
        found = reply.json
        self.secrets |= {found[name] for name in ("access_token", "terminal_key") if name in found}
        return found


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    seen, loggers = Watch(), [logging.getLogger(), logging.getLogger("dengta")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(seen)
        one.setLevel(logging.DEBUG)
    yield seen
    for one, level in zip(loggers, levels, strict=True):
        one.removeHandler(seen)
        one.setLevel(level)


@pytest.fixture(scope="module")
def told(watch: Watch, world: World) -> Told:
    """The flows themselves, once for all the searches."""
    assert watch
    told = Told()
    counter_id = at_the_counter(world, told)
    in_the_app(world, told)
    money(world, told, counter_id)
    head_office(world, told)
    mistakes(world, told)
    a_bug(world, told)
    return told


def at_the_counter(world: World, told: Told) -> str:
    till = world.house.till
    member = {"phone": COUNTER_PHONE, "name": NAME, "consents": {"sms": True}}
    member_id: str = told.of(till.post("/v1/members", member), 201)["member_id"]
    taken = told.of(till.post("/v1/members", member), 409)["card"]
    told.refusals[-1] = told.refusals[-1].replace(
        taken["name"], ""
    )  # the till may know whose card it is
    for way in (
        {"phone": f"+86 {COUNTER_PHONE}"}, {"phone": OTHER_PHONE}, {"phone": COUNTER_PHONE[:-1] + "2"},
        {"phone_tail": COUNTER_PHONE[-4:]}, {"card_no": "600000000001"},
    ):  # fmt: skip
        told.of(till.post("/v1/members/lookup", way), 200)
    told.of(till.get(f"/v1/members/{member_id}"), 200)
    return member_id


def in_the_app(world: World, told: Told) -> None:
    public = world.house.public
    session = told.of(public.post("/v1/member-sessions", {"code": "demo-leak-1"}), 201)
    mine = public.holding(session["access_token"])
    told.of(mine.put("/v1/me/phone", {"code": f"phone-{APP_PHONE}-1"}), 200)
    changes = {"name": NEW_NAME, "email": EMAIL, "consents": {"email": True}}
    told.of(mine.patch("/v1/me", changes), 200)
    told.of(mine.put("/v1/me/phone", {"code": f"phone-{COUNTER_PHONE}-2"}), 200)
    told.of(mine.get("/v1/me"), 401)
    told.of(public.post("/v1/member-sessions", {"code": "demo-leak-1"}), 401)
    again = told.of(public.post("/v1/member-sessions", {"code": "demo-leak-3"}), 201)
    member = public.holding(again["access_token"])
    told.secrets.add(told.of(member.get("/v1/me/code"), 200)["code"])
    report = {"accepts": [{"template_id": "tmpl-spend", "key": "tap-1"}]}
    told.of(member.post("/v1/me/subscriptions", report), 200)
    stranger = told.of(public.post("/v1/member-sessions", {"code": "demo-strange-1"}), 201)
    taken = {"code": f"phone-{COUNTER_PHONE}-4"}
    told.of(public.holding(stranger["access_token"]).put("/v1/me/phone", taken), 409)


def money(world: World, told: Told, member_id: str) -> None:
    till, stores = world.house.till, "/v1/stores/s1"
    top_up = {"member_id": member_id, "paid_fen": 900, "method": "cash"}
    told.of(till.put(f"{stores}/top-ups/leak-1", top_up), 201)
    payments = [{"method": "balance", "amount_fen": 800}]
    spend = {"member_id": member_id, "total_fen": 800, "payments": payments}
    told.of(till.put(f"{stores}/spends/leak-1", spend), 201)
    told.of(till.put(f"{stores}/spends/leak-2", spend), 409)
    told.of(till.put(f"{stores}/spends/leak-1", {**spend, "note": "x"}), 409)
    told.of(till.get(f"/v1/members/{member_id}/spends?limit=1"), 200)
    search = {"phone": COUNTER_PHONE, "limit": 1}
    told.of(world.house.office.post("/v1/messages/search", search), 200)
    for asked in (COUNTER_PHONE, TYPED_PHONE):
        told.of(world.house.office.post("/v1/messages/diagnosis", {"phone": asked}), 200)


def head_office(world: World, told: Told) -> None:
    office, till = world.house.office, world.house.till
    staff = {"name": "店员", "role": "cashier", "pin": PIN}
    told.of(office.put("/v1/stores/s1/staff/88", staff), 200)
    key = told.of(office.post("/v1/stores/s1/terminals", {"name": "till"}), 201)
    for pin, status in ((PIN, 201), *((WRONG_PIN, 401),) * 5, (PIN, 429)):
        body = {"staff_no": "88", "pin": pin}
        told.of(till.post("/v1/stores/s1/staff-sessions", body), status)
    reply = office.delete(f"/v1/stores/s1/terminals/{key['terminal_id']}")
    assert reply.status == 204
    told.of(till.holding(key["terminal_key"]).get("/v1/stores/s1/spends"), 401)
    told.of(till.holding(key["terminal_key"] + "x").get("/v1/stores/s1/spends"), 401)


def mistakes(world: World, told: Told) -> None:
    """Personal data in places where none belongs."""
    till, office, typed = world.house.till, world.house.office, TYPED_PHONE
    for body in (
        {"phone": typed + "0"}, {"phone": "1" + typed}, {typed: 1}, {EMAIL: 1}, {"phone": typed, NAME: 1},
        {"phone": typed, "code": PIN}, {"code": typed}, {"phone_tail": typed}, {"card_no": EMAIL},
    ):  # fmt: skip
        told.of(till.post("/v1/members/lookup", body), 422)
    told.of(till.post("/v1/members", {"phone": EMAIL, "consents": {}}), 422)
    told.of(till.post("/v1/members", {"phone": typed, "consents": {typed: True}}), 422)
    told.of(till.get(f"/v1/members/{typed}"), 404)
    told.of(till.get(f"/v1/members/{typed}/spends?{typed}={EMAIL}"), 422)
    told.of(till.get(f"/v1/members/{typed}/spends?limit={typed}"), 422)
    wrong_role = {"name": "x", "role": typed, "pin": PIN}
    told.of(office.put("/v1/stores/s1/staff/89", wrong_role), 422)
    told.of(office.post("/v1/messages/search", {"phone": typed + "1"}), 422)
    told.of(office.post("/v1/messages/diagnosis", {"phone": typed + "1"}), 422)
    told.of(office.post("/v1/messages/search", {"spend_id": typed, "phone": typed}), 422)


def a_bug(world: World, told: Told) -> None:
    """A kept item that is not what the code takes it for: what the trace says must not be what the item holds."""
    phone_lock = f"PHONE#{secrets.keyring().find_by('phone', OTHER_PHONE)}"
    tables.connection().put_item(
        tables.table_name("book"), phone_lock, "LOCK", {"nobody": {"S": "here"}}
    )
    told.of(world.house.till.post("/v1/members/lookup", {"phone": OTHER_PHONE}), 500)


def personal(world: World) -> list[str]:
    people = [world.phone, COUNTER_PHONE, APP_PHONE, OTHER_PHONE, NAME, NEW_NAME, EMAIL]
    return [*people, demo_openid("demo-leak"), demo_openid("demo-strange"), demo_openid("demo-a")]


def secret(world: World, told: Told) -> list[str]:
    house = world.house
    keys = [house.till.token, house.other_till.token, house.office.token]
    ours = [KEYRING, json.loads(KEYRING)["keys"]["v1"], secrets.read("/test/wechat-secret")]
    return [*keys, *ours, PIN, WRONG_PIN, *told.secrets]


def found_in(text: str, words: list[str]) -> list[str]:
    """Also where JSON, a URL or base64 wrote them in another way."""
    return [word for word in words if any(way in text for way in spelled(word))]


def spelled(word: str) -> set[str]:
    encoded = base64.b64encode(word.encode()).decode().rstrip("=")[:-1]
    return {word, json.dumps(word)[1:-1], quote(word), encoded}


def test_no_log_line_names_anybody_or_any_secret(world: World, told: Told, watch: Watch) -> None:
    text = "\n".join(watch.lines)
    assert "served" in text
    assert "bug" in text
    assert found_in(text, [*personal(world), *secret(world, told), TYPED_PHONE]) == []


def test_no_refusal_names_anybody_or_any_secret(world: World, told: Told) -> None:
    text = "\n".join(told.refusals)
    assert len(told.refusals) > 20
    assert found_in(text, [*personal(world), *secret(world, told), TYPED_PHONE]) == []


def test_no_key_and_no_open_attribute_names_anybody_or_any_secret(world: World, told: Told) -> None:
    """Sealed values are bytes; all else of every item is read, keys too."""
    kept = world.kept()
    text = "\n".join(f"{key} {item}" for key, item in kept.items())
    assert len(kept) > 40
    assert found_in(text, [*personal(world), *secret(world, told), TYPED_PHONE]) == []
    assert not [word for word in personal(world) if word[-8:] in text and word.isdigit()]


def test_sealed_values_open_only_where_they_belong(world: World, told: Told) -> None:
    """What is kept of a member does not open under another member's key, and two seals of one text differ."""
    assert told
    images = [
        tables.query("book", f"M#{one}", begins="NOW#PROFILE").images[0]
        for one in (world.member_id, world.other_member_id)
    ]
    places = [f"{image['pk']['S']}/NOW#PROFILE/phone" for image in images]
    blobs = [image["phone"]["B"] for image in images]
    ring = secrets.keyring()
    assert ring.open(blobs[0], places[0]) == world.phone
    with pytest.raises(InvalidTag):
        ring.open(blobs[0], places[1])
    assert ring.seal(world.phone, places[0]) != ring.seal(world.phone, places[0])


def test_a_member_is_masked_to_all_but_themselves(world: World) -> None:
    masked = f"{world.phone[:3]}****{world.phone[-4:]}"
    paths = (f"/v1/members/{world.member_id}", f"/v1/members/{world.member_id}/spends")
    seen: list[tuple[Client, str]] = [(world.house.till, path) for path in paths]
    seen += [(world.house.office, f"/v1/members/{world.member_id}/messages")]
    for client, path in seen:
        assert world.phone not in client.get(path).text
    assert masked in world.house.till.get(paths[0]).text
    assert world.house.member(world.member_id).get("/v1/me").json["phone"] == world.phone
