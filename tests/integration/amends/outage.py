"""An incident that is over, those who had to do with its stores, and the stream of the table in one process."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.adapters import tables
from chalicelib.amends import stream
from chalicelib.kernel import clock
from tests.client import Reply
from tests.house import House

_numbers = itertools.count(1)
POINTS = {"points": 50}
GIVEN = {"gift": POINTS, "reason": "收银故障补偿"}


@dataclass(frozen=True)
class Outage:
    house: House
    incident_id: str

    @property
    def path(self) -> str:
        return f"/v1/incidents/{self.incident_id}"

    def resolve(self) -> None:
        said = {"status": "resolved", "body": {"zh": "已恢复。"}}
        assert self.house.office.post(f"{self.path}/updates", said).status == 201

    def preview(self, gift: dict[str, Any] | None = None) -> Reply:
        return self.house.office.post(f"{self.path}/amends/preview", gift or POINTS)

    def amends(self) -> Reply:
        return self.house.office.get(f"{self.path}/amends")

    def previewed(self, gift: dict[str, Any] | None = None) -> str:
        """The search done; the ETag that giving names."""
        assert self.preview(gift).status == 202
        run()
        found = self.amends()
        assert found.json["phase"] == "found", found.text
        return found.headers["ETag"]

    def give(self, tag: str, body: dict[str, Any] | None = None) -> Reply:
        return self.house.office.put(f"{self.path}/amends", body or GIVEN, if_match=tag)

    def affected(self) -> dict[str, dict[str, Any]]:
        items, cursor = [], ""
        while True:
            query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
            page = self.house.office.get(f"{self.path}/affected{query}").json
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return {one["member_id"]: one for one in items}


def an_outage(house: House, store_ids: tuple[str, ...] = ()) -> Outage:
    """One that began an hour ago and is not over."""
    for store_id in store_ids:
        named = house.office.put(f"/v1/status-stores/{store_id}", {"name": {"zh": store_id}})
        assert named.status == 200, named.text
    tills = house.office.post("/v1/components", {"name": {"zh": f"收银{next(_numbers)}"}}).json
    hit = {"component_id": tills["component_id"], "status": "major_outage"}
    body: dict[str, Any] = {
        "name": {"zh": "收银故障"},
        "body": {"zh": "正在查找原因。"},
        "components": [hit | ({"store_ids": list(store_ids)} if store_ids else {})],
        "started_at": clock.text(clock.now() - timedelta(hours=1)),
    }
    made = house.office.post("/v1/incidents", body)
    assert made.status == 201, made.text
    return Outage(house, made.json["incident_id"])


def an_outage_that_touched(house: House, *member_ids: str) -> Outage:
    outage = an_outage(house)
    for member_id in member_ids:
        spend(house, member_id)
    outage.resolve()
    return outage


def spend(house: House, member_id: str, store_id: str = "s1") -> str:
    till = house.till if store_id == "s1" else house.other_till
    payments = [{"method": "cash", "amount_fen": 100}]
    body = {"member_id": member_id, "total_fen": 100, "payments": payments}
    reply = till.put(f"/v1/stores/{store_id}/spends/a-{next(_numbers)}", body)
    assert reply.status == 201, reply.text
    spend_id: str = reply.json["spend_id"]
    return spend_id


def points(house: House, member_id: str) -> int:
    return int(house.till.get(f"/v1/members/{member_id}").json["points"])


def ready() -> list[dict[str, Any]]:
    """Records of all that is written to be taken up, as the stream's filter lets them through."""
    images = tables.scan("amends").images
    return [_record(one) for one in images if one.get("turn", {}).get("S") == "ready"]


def run() -> None:
    """Until nothing is to be taken up any more."""
    while records := ready():
        for record in records:
            assert stream.take_up({"Records": [record]}, lambda: True) == {"batchItemFailures": []}


def _record(image: Any) -> dict[str, Any]:  # noqa: ANN401
    number = next(_numbers)
    return {
        "eventID": f"e{number}",
        "eventName": "MODIFY",
        "dynamodb": {
            "SequenceNumber": str(number),
            "Keys": {"pk": image["pk"], "sk": image["sk"]},
            "NewImage": image,
        },
    }
