"""The house in one process, on DynamoDB Local: settings, keys, a store with a till, an operator."""

import base64
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib import config
from chalicelib.access import edge, service
from chalicelib.access.model import Store
from chalicelib.adapters import secrets, tables
from chalicelib.kernel import clock, stamp
from chalicelib.messages import rulebook
from tests.client import Client

MASTER = base64.b64encode(bytes(range(32))).decode()
KEYRING = json.dumps({"current": "v1", "keys": {"v1": MASTER}})
SETTINGS = {
    "DENGTA_STAGE": "local",
    "KEYRING_PARAM": "/test/keyring",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
BY = stamp.system("test")


@dataclass(frozen=True)
class House:
    """`till` and `other_till` hold the keys of two stores, `office` an owner's."""

    public: Client
    till: Client
    other_till: Client
    office: Client
    store: Store
    other_store: Store

    def member_token(self, member_id: str) -> str:
        return edge.gate().member_session(member_id)

    def member(self, member_id: str) -> Client:
        return self.public.holding(self.member_token(member_id))

    def staff(self, store: Store, role: str, staff_no: str = "01") -> Client:
        service.save_staff(
            store.store_id, staff_no, name="Staff", role=role, pin="2468", active=True, by=BY
        )
        token, _ = edge.gate().staff_session(store.store_id, staff_no, "2468", BY)
        return self.public.holding(token)

    def register(self, phone: str, **more: Any) -> str:  # noqa: ANN401
        reply = self.till.post("/v1/members", {"phone": phone, "consents": {"sms": True}, **more})
        assert reply.status == 201, reply.text
        member_id: str = reply.json["member_id"]
        return member_id

    def top_up(self, member_id: str, name: str, paid_fen: int, bonus_fen: int = 0) -> None:
        body = {
            "member_id": member_id, "paid_fen": paid_fen, "bonus_fen": bonus_fen, "method": "cash",
        }  # fmt: skip
        who = self.office if bonus_fen else self.till  # a bonus that no rule gives
        reply = who.put(f"/v1/stores/{self.store.store_id}/top-ups/{name}", body)
        assert reply.status in {200, 201}, reply.text


@contextmanager
def set_to(settings: Mapping[str, str], forget: Callable[[], object]) -> Iterator[None]:
    """Settings of this process beside those that it has; what is cached of others is forgotten, before and after."""
    was = dict(os.environ)
    os.environ.update(settings)
    forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(was)
        forget()


@contextmanager
def settled(dynamodb_url: str, names: Mapping[str, str]) -> Iterator[None]:
    """Settings of this process that lead to these tables."""
    with set_to(SETTINGS | dict(names) | {"AWS_ENDPOINT_URL": dynamodb_url}, forget):
        secrets.know({"/test/keyring": KEYRING})
        yield


def forget() -> None:
    from chalicelib.ledger import built  # noqa: PLC0415 - after the settings
    from chalicelib.messages import built as messages  # noqa: PLC0415

    config.settings.cache_clear()
    tables.forget()
    secrets.keyring.cache_clear()
    edge.gate.cache_clear()
    edge.own_gate.cache_clear()
    built.forget()
    rulebook.forget()
    for part in (messages.deliveries, messages.sweeper, messages.scoring):
        part.cache_clear()  # they remember breakers and counts


def open_house() -> House:
    from app import app  # noqa: PLC0415 - after the settings

    stores = (Store("s1", "First Store"), Store("s2", "Second Store"))
    public = Client(app)
    keys = []
    for store in stores:
        service.save_store(store, BY)
        keys.append(service.issue_terminal_key(store.store_id, "till 1", clock.now(), BY)[1])
    office = service.issue_operator_key("test", ("owner",), clock.now(), BY)[1]
    tills = [public.holding(key) for key in keys]
    return House(public, tills[0], tills[1], public.holding(office), *stores)


@contextmanager
def asked_of_dynamodb() -> Iterator[list[str]]:
    """The operations that are sent while inside, in order."""
    sent: list[str] = []

    def note(model: Any, **_: object) -> None:  # noqa: ANN401
        sent.append(model.name)

    events = tables.connection().client.meta.events
    events.register("before-call.dynamodb", note)
    try:
        yield sent
    finally:
        events.unregister("before-call.dynamodb", note)
