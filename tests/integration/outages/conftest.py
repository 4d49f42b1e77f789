"""An empty status page for each test, and a count of what is asked of DynamoDB."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local import dynamodb
from tests.client import Client, Reply
from tests.house import House, asked_of_dynamodb


@pytest.fixture(autouse=True)
def empty(house: House, dynamodb_local: str, tables: dict[str, str]) -> None:
    assert house
    client, name = dynamodb.client(dynamodb_local), tables["OUTAGES_TABLE"]
    for item in client.scan(TableName=name)["Items"]:
        if item["pk"]["S"].startswith("KEY#"):
            continue  # operators are proved by these copies
        client.delete_item(TableName=name, Key={key: item[key] for key in ("pk", "sk")})


@pytest.fixture
def requests(house: House) -> Iterator[list[str]]:
    """The operations that were sent, in order."""
    assert house
    with asked_of_dynamodb() as sent:
        yield sent


class Operator:
    """What an operator does, in few words."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def component(self, name: str = "消费通知", **more: object) -> str:
        body = {"name": {"zh": name, "en": f"{name} in English"}, **more}
        made: str = self._made(self.client.post("/v1/components", body))["component_id"]
        return made

    def report(self, *named: tuple[str, str], **more: object) -> dict[str, Any]:
        body = {
            "name": {"zh": "短信延迟", "en": "Messages are late"},
            "body": {"zh": "正在核实", "en": "We are looking"},
            "components": [{"component_id": name, "status": status} for name, status in named],
            **more,
        }
        return self._made(self.client.post("/v1/incidents", body))

    def plan(self, part: str, begins: str, ends: str, **more: object) -> dict[str, Any]:
        body = {
            "name": {"zh": "数据库维护", "en": "Database works"},
            "body": {"zh": "期间可能变慢"},
            "component_ids": [part],
            "scheduled_for": begins,
            "scheduled_until": ends,
            **more,
        }
        return self._made(self.client.post("/v1/maintenances", body))

    def update(
        self, incident_id: str, status: str, *named: tuple[str, str], **more: object
    ) -> dict[str, Any]:
        body = {
            "status": status,
            "body": {"zh": "有进展"},
            "components": [{"component_id": name, "status": state} for name, state in named],
            **more,
        }
        return self._made(self.client.post(f"/v1/incidents/{incident_id}/updates", body))

    def _made(self, reply: Reply) -> dict[str, Any]:
        assert reply.status == 201, reply.text
        made: dict[str, Any] = reply.json
        return made


@pytest.fixture
def operator(house: House) -> Operator:
    return Operator(house.office)
