"""What was written is in the audit trail, once, with who and from where, and without what was written."""

import json
import random
from typing import Any

from chalicelib.access import audit
from chalicelib.adapters import streams, tables
from tests.house import House

BOOK_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/{}/stream/2026"


def record(key: tuple[str, str], number: int = 1) -> streams.Record:
    image = tables.get("book", key, consistent=True)
    assert image is not None
    raw: dict[str, Any] = {
        "eventID": f"e{number}{random.random()}",
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": str(number),
            "ApproximateCreationDateTime": 1_795_000_000,
            "Keys": {"pk": image["pk"], "sk": image["sk"]},
            "NewImage": image,
        },
    }
    return streams.records({"Records": [raw]})[0]


def kept() -> list[Any]:
    days = [f"DAY#2026-11-18#{shard}" for shard in range(audit.SHARDS)]
    return [image for day in days for image in tables.query("audit", day).images]


def test_a_spend_leaves_one_record_however_often_the_stream_delivers(house: House) -> None:
    phone = f"136{random.randrange(10**8):08d}"
    member_id = house.register(phone, name="韩梅梅")
    body = {
        "member_id": member_id,
        "total_fen": 10,
        "payments": [{"method": "cash", "amount_fen": 10}],
    }
    reply = house.till.put("/v1/stores/s1/spends/audited", body)
    arn = BOOK_ARN.format(tables.table_name("book"))
    order = record(("ORDER#s1#spend#audited", "NAME"))
    entry = record((f"M#{member_id}", "ENTRY#000000000001"))
    profile = record((f"M#{member_id}", "NOW#PROFILE"))
    for each in (order, entry, order, profile):
        audit.keep(each, arn)
    told = {image["item"]["S"]: image for image in kept()}
    assert set(told) == {"ORDER#s1#spend#audited/NAME", f"M#{member_id}/NOW#PROFILE"}
    spend = told["ORDER#s1#spend#audited/NAME"]
    assert spend["written_in"]["S"] == "book"
    assert spend["role"]["S"] == "terminal"
    assert spend["origin"]["S"] == "192.0.2.1"
    assert spend["request_id"]["S"] == reply.headers["X-Request-Id"]
    assert "phone" in told[f"M#{member_id}/NOW#PROFILE"]["changed"]["S"].split(",")
    assert phone not in str(told)
    assert "韩梅梅" not in str(told)


def test_who_tries_a_pin_is_on_record_and_not_who_made_the_account(house: House) -> None:
    house.office.put("/v1/stores/s1/staff/77", {"name": "店员", "role": "cashier", "pin": "2468"})
    for pin in ("1111", "2468"):
        house.till.post("/v1/stores/s1/staff-sessions", {"staff_no": "77", "pin": pin})
        image = tables.get("access", ("STAFF#s1", "STAFF#77"), consistent=True)
        assert image is not None
        assert json.loads(image["by"]["S"])["role"] == "terminal"


def test_a_row_without_a_readable_stamp_is_told_of_all_the_same() -> None:
    for number, stamp in enumerate((None, "torn", "[]")):
        image: dict[str, Any] = {"pk": {"S": "STORES"}, "sk": {"S": f"STORE#{number}"}}
        if stamp:
            image["by"] = {"S": stamp}
        row = audit.row_of(
            streams.Record(str(number), f"e{number}", "MODIFY", 1_795_000_000, image, None, image),
            "access-stream",
        )
        assert row is not None
        assert (row.who, row.item) == ("unstamped", f"STORES/STORE#{number}")
