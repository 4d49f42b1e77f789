"""From the till to the member's message over HTTP, and the README's own commands."""

import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3

from infra.local import processes
from infra.paths import ROOT
from tests.deployed.conftest import LocalStack

Answer = tuple[int, Any]


def caller(stack: dict[str, Any], token: str = "") -> Callable[..., Answer]:
    """Ask the API as whoever holds the token."""

    def ask(method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = urllib3.request(
            method, stack["api_url"] + path, json=body, headers=headers, retries=False, timeout=30
        )
        return answer.status, json.loads(answer.data)

    return ask


def test_a_spend_at_the_till_reaches_its_member(stack: dict[str, Any]) -> None:
    store = stack["stores"][0]
    till = caller(stack, store["terminal_key"])
    number = random.randrange(10**8)
    phone = f"138{number:08d}"
    spends = f"/v1/stores/{store['store_id']}/spends"

    status, session = caller(stack)("POST", "/v1/member-sessions", {"code": f"demo-way{number}-1"})
    assert status == 201
    app = caller(stack, session["access_token"])
    _, code = app("GET", "/v1/me/code")

    status, member = till("POST", "/v1/members", {"phone": phone, "consents": {"sms": True}})
    assert status == 201
    ways = {"phone": phone, "phone_tail": phone[-4:], "card_no": member["card_no"]}
    for way, value in ways.items():
        _, found = till("POST", "/v1/members/lookup", {way: value})
        assert member["member_id"] in [each["member_id"] for each in found["items"]], way
    _, shown = till("POST", "/v1/members/lookup", {"code": code["code"]})
    assert shown["items"][0]["member_id"] == session["member"]["member_id"]

    topped = {
        "member_id": member["member_id"],
        "paid_fen": 50_000,
        "bonus_fen": 8_000,
        "method": "cash",
    }
    assert till("PUT", f"/v1/stores/{store['store_id']}/top-ups/w-{number}", topped)[0] == 201
    order = {
        "member_id": member["member_id"],
        "total_fen": 8_800,
        "payments": [
            {"method": "balance", "amount_fen": 5_000},
            {"method": "cash", "amount_fen": 3_800},
        ],
    }
    first = till("PUT", f"{spends}/w-{number}", order)
    again = till("PUT", f"{spends}/w-{number}", order)
    assert (first[0], again) == (201, (200, first[1]))
    too_much = order | {
        "total_fen": 99_000,
        "payments": [{"method": "balance", "amount_fen": 99_000}],
    }
    refused = till("PUT", f"{spends}/x-{number}", too_much)
    assert (refused[0], refused[1]["code"]) == (409, "balance_too_low")

    # The member binds that phone in the app: what the counter wrote is theirs now.
    status, bound = app("PUT", "/v1/me/phone", {"code": f"phone-{phone}-1"})
    assert (status, bound["member"]["member_id"]) == (200, member["member_id"])
    mine = caller(stack, bound["access_token"])
    _, history = mine("GET", "/v1/me/spends")
    assert [each["out_trade_no"] for each in history["items"]] == [f"w-{number}"] * 2
    assert [each["balance_after_fen"] for each in history["items"]] == [53_000, 58_000]

    told = wait_for_sms(stack, phone, 2)
    assert any("88.00" in text and "530.00" in text for text in told)
    inbox: dict[str, str] = {}

    def all_told() -> bool:
        items = mine("GET", "/v1/me/messages")[1]["items"]
        inbox.update({each["message_id"]: each["state"] for each in items})
        return set(inbox.values()) <= {"sent", "delivered"}

    processes.wait_until(all_told, what="the inbox to say so", timeout_seconds=90)
    assert first[1]["message_id"] in inbox

    manager = store["staff"][1]
    login = {"staff_no": manager["staff_no"], "pin": manager["pin"]}
    _, staff = till("POST", f"/v1/stores/{store['store_id']}/staff-sessions", login)
    _, found = caller(stack, staff["access_token"])(
        "POST", "/v1/messages/search", {"spend_id": first[1]["spend_id"]}
    )
    assert [each["channel"] for each in found["items"][0]["attempts"]] == ["sms"]


def test_what_wechat_pushes_after_a_message_is_heard(stack: dict[str, Any]) -> None:
    store = stack["stores"][0]
    till = caller(stack, store["terminal_key"])
    code = f"demo-push{random.randrange(10**8)}"
    _, session = caller(stack)("POST", "/v1/member-sessions", {"code": f"{code}-1"})
    app = caller(stack, session["access_token"])
    _, who = control(stack, "GET", f"wechat/openid?demo={code}")
    allowed = {"openid": who["openid"], "template_id": "tmpl-spend", "count": 1}
    control(stack, "POST", "wechat/quota", allowed)
    tap = {"template_id": "tmpl-spend", "key": code}
    assert app("POST", "/v1/me/subscriptions", {"accepts": [tap]})[0] == 200
    order = {
        "member_id": session["member"]["member_id"],
        "total_fen": 100,
        "payments": [{"method": "cash", "amount_fen": 100}],
    }
    assert till("PUT", f"/v1/stores/{store['store_id']}/spends/{code}", order)[0] == 201

    def state() -> str:
        items = app("GET", "/v1/me/messages")[1]["items"]
        return str(items[0]["state"]) if items else ""

    processes.wait_until(
        lambda: state() == "delivered", what="WeChat's word on it", timeout_seconds=90
    )


def control(stack: dict[str, Any], method: str, path: str, body: object = None) -> Answer:
    url = f"{stack['upstreams_url']}/_control/{path}"
    answer = urllib3.request(method, url, json=body, timeout=10)
    return answer.status, json.loads(answer.data)


def wait_for_sms(stack: dict[str, Any], phone: str, count: int) -> list[str]:
    """The texts that went to this phone, once there are so many."""

    def texts() -> list[str]:
        url = f"{stack['upstreams_url']}/_control/outbox?channel=sms&to={phone}"
        items = json.loads(urllib3.request("GET", url, timeout=10).data)["items"]
        return [item["text"] for item in items]

    processes.wait_until(
        lambda: len(texts()) >= count, what="the messages to leave", timeout_seconds=90
    )
    return texts()


def test_the_readmes_commands_do_what_they_say(
    local_stack: LocalStack, stack: dict[str, Any], tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"```bash\n(.*?)```", readme, re.DOTALL)
    assert block
    (tmp_path / ".local").mkdir()
    shutil.copy(local_stack.places.stack_file, tmp_path / ".local" / "stack.json")
    ran = subprocess.run(
        [shutil.which("bash") or "bash", "-eu", "-c", block[1]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "HTTP/1.1 201" in ran.stdout
    assert "Idempotent-Replay: true" in ran.stdout
    assert '"code": "not_a_phone"' in ran.stdout
    assert '"code": "balance_too_low"' in ran.stdout
    assert re.search('"state":"(sent|delivered)"', ran.stdout)
    assert '"indicator":"none"' in ran.stdout
    assert stack["api_url"] in ran.stdout
