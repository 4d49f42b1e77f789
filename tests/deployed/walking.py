"""Those who act in the walk through messages: a new store's till and staff, members, head office, the upstreams."""

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3
import urllib3

from infra.deployment.smoke import TICK
from infra.local import processes
from infra.local.places import read_json
from infra.upstreams.world import Settings
from tests.deployed.conftest import LocalStack

PATIENCE_S = 90
PIN = "864209"
OTHER = {"tencent": "aliyun", "aliyun": "tencent"}
TOO_OFTEN = {
    "tencent": {"kind": "tencent_code", "code": "LimitExceeded.PhoneNumberDailyLimit"},
    "aliyun": {"kind": "aliyun_code", "code": "isv.BUSINESS_LIMIT_CONTROL"},
}
Ask = Callable[..., Any]
Trace = dict[str, Any]


class Member(NamedTuple):
    member_id: str
    phone: str


class Guest(NamedTuple):
    """A member who has the mini program."""

    member_id: str
    app: Ask
    openid: str


class Walk:
    """One store of its own, so that no other test's messages count against its limits."""

    def __init__(self, stack: LocalStack) -> None:
        self.addresses = stack.addresses
        self._functions = read_json(stack.places.deployed_file)["outputs"]
        session = boto3.Session("local", "local", region_name=self.addresses["region"])
        self._emulator = session.client("lambda", endpoint_url=self.addresses["aws_endpoint_url"])
        self.office = self.asks_as(self.addresses["operator_key"])
        self.store_id = f"walk-{random.randrange(10**8)}"
        path = f"/v1/stores/{self.store_id}"
        assert self.office("PUT", path, {"name": "走查店"})["http"] == 201
        self.till = self.asks_as(
            self.office("POST", f"{path}/terminals", {"name": "1"})["terminal_key"]
        )

    def asks_as(self, token: str = "", **always: str) -> Ask:
        """What the API answers to whoever holds the token, with its status and ETag."""
        proof = {"Authorization": f"Bearer {token}"} if token else {}

        def ask(method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401
            answer = urllib3.request(
                method,
                self.addresses["api_url"] + path,
                json=body,
                headers={**proof, **always, **headers},
                retries=False,
                timeout=30,
            )
            return {**answer.json(), "http": answer.status, "tag": answer.headers.get("ETag")}

        return ask

    def staff(self, role: str) -> Ask:
        """Somebody new who has logged in at the store's till."""
        store, staff_no = f"/v1/stores/{self.store_id}", f"{random.randrange(10**6):06d}"
        hired = {"name": "走查", "role": role, "pin": PIN}
        assert self.office("PUT", f"{store}/staff/{staff_no}", hired)["staff_no"] == staff_no
        login = {"staff_no": staff_no, "pin": PIN}
        return self.asks_as(self.till("POST", f"{store}/staff-sessions", login)["access_token"])

    def member(self, *, sms: bool = True) -> Member:
        phone = f"137{random.randrange(10**8):08d}"
        asked = {"phone": phone, "consents": {"sms": sms}}
        return Member(self.till("POST", "/v1/members", asked)["member_id"], phone)

    def guest(self, *templates: str) -> Guest:
        """One who has allowed a message of each of these templates, once."""
        demo = f"demo-walk{random.randrange(10**8)}"
        session = self.asks_as()("POST", "/v1/member-sessions", {"code": f"{demo}-1"})
        app = self.asks_as(session["access_token"])
        openid = self.control("GET", f"wechat/openid?demo={demo}")["openid"]
        for template_id in templates:
            allowed = {"openid": openid, "template_id": template_id, "count": 1}
            self.control("POST", "wechat/quota", allowed)
            tap = {"template_id": template_id, "key": f"{demo}{template_id}"}
            assert app("POST", "/v1/me/subscriptions", {"accepts": [tap]})["http"] == 200
        return Guest(session["member"]["member_id"], app, openid)

    def bound(self, guest: Guest, phone: str) -> Guest:
        """With this phone and consent to SMS; the log-in of before stays good."""
        asked = {"code": f"phone-{phone}-{time.time_ns()}"}
        answer = guest.app("PUT", "/v1/me/phone", asked)
        app = self.asks_as(answer["access_token"])
        assert app("PATCH", "/v1/me", {"consents": {"sms": True}})["http"] == 200
        return Guest(answer["member"]["member_id"], app, guest.openid)

    def spend(self, member_id: str) -> Trace:
        fen = random.randrange(100, 90_000)
        return self.posts("spends", paid(member_id, fen))

    def posts(self, kind: str, body: object) -> Trace:
        """Under a name of its own; answers the entry, with the `name`."""
        name = f"walk-{time.time_ns()}"
        entry: Trace = self.till("PUT", f"/v1/stores/{self.store_id}/{kind}/{name}", body)
        assert entry["http"] == 201, entry
        return {**entry, "name": name}

    def trace(self, message_id: str) -> Trace:
        found: Trace = self.office("GET", f"/v1/messages/{message_id}")
        return found

    def settled(self, entry: Trace, *states: str) -> Trace:
        """The message of this entry, once it is in one of these states."""
        found: list[Trace] = []

        def is_so() -> bool:
            found[:] = [self.trace(entry["message_id"])]
            return found[0].get("state") in states

        try:
            self.soon(f"a message that is {' or '.join(states)}", is_so)
        except processes.DidNotComeUpError as error:
            raise AssertionError(found) from error
        return found[0]

    def told(self, member_id: str, *states: str) -> Trace:
        """What comes of the message of a new spend."""
        return self.settled(self.spend(member_id), *states)

    def soon(self, what: str, is_so: Callable[[], bool]) -> None:
        processes.wait_until(is_so, what=what, timeout_seconds=PATIENCE_S)

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
        url = f"{self.addresses['upstreams_url']}/_control/{path}"
        answer = urllib3.request(method, url, json=body, timeout=10)
        assert answer.status < 300, answer.data
        return answer.json()

    def outbox(self, channel: str, to: str = "") -> list[Trace]:
        items: list[Trace] = self.control("GET", f"outbox?channel={channel}&to={to}")["items"]
        return items

    def fault(self, endpoint: str, kind: str, **how: object) -> None:
        self.control("POST", "faults", {"endpoint": endpoint, "kind": kind, **how})

    def only_by(self, provider: str, phone: str) -> None:
        """The other one finds that this phone was written to too often."""
        other = OTHER[provider]
        said = {"endpoint": f"{other}.SendSms", "match": phone, "times": "always"}
        self.control("POST", "faults", {**said, **TOO_OFTEN[other]})

    def pushed(self, openid: str) -> bool:
        """Whether each push of this member was made at least once."""
        waiting = self.control("GET", "wechat/pushes")["waiting"]
        return all(one["tries"] for one in waiting if one["ordered"]["openid"] == openid)

    def pushes(self, provider: str, body: object, secret: str = "") -> int:
        """What our address answers to receipts that the provider did not make."""
        secret = secret or Settings().sms_callback_secret
        url = f"{self.addresses['api_url']}/callbacks/sms/{provider}/{secret}"
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return urllib3.request("POST", url, body=said, headers=headers, timeout=30).status

    def tick(self, function: str = "Sweep") -> None:
        """The clock's minute, now."""
        self._emulator.invoke(FunctionName=self._functions[function], Payload=json.dumps(TICK))

    def provider(self, name: str) -> Trace:
        items: list[Trace] = self.office("GET", "/v1/providers")["items"]
        return next(one for one in items if one["provider"] == name)

    def switch(self, provider: str, state: str) -> None:
        """Its breaker, by hand."""
        path = f"/v1/providers/{provider}/breaker"
        known = {"If-Match": self.office("GET", path)["tag"]}
        assert self.office("PUT", path, {"state": state, "reason": "走查"}, **known)["http"] == 200

    def diagnosis(self, ask: Ask, **question: str) -> Trace:
        answer: Trace = ask("POST", "/v1/messages/diagnosis", question)
        return answer


def paid(member_id: str, fen: int) -> Trace:
    payment = {"method": "cash", "amount_fen": fen}
    return {"member_id": member_id, "total_fen": fen, "payments": [payment]}


def tried(trace: Trace) -> list[tuple[str, str]]:
    return [(one["provider"], one["state"]) for one in trace["attempts"]]


def reasons(trace: Trace) -> set[tuple[str, str]]:
    return {(one["channel"], one["reason"]) for one in trace["decisions"]}


def until(traces: Iterator[Trace], fits: Callable[[Trace], bool]) -> Trace:
    """The first that fits; with as many before it as a minute, or a breaker's pause, brings."""
    deadline = time.monotonic() + PATIENCE_S
    for trace in traces:
        if fits(trace):
            return trace
        assert time.monotonic() < deadline, trace
    raise AssertionError
