"""The table's stream in one process: what is written to be taken up is taken up, by the real edge."""

import itertools
from typing import Any

from chalicelib.adapters import tables
from chalicelib.kernel import clock
from chalicelib.notices import stream
from chalicelib.notices.table.turns import TABLE
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import Words

_numbers = itertools.count(1)


def ring(*, everywhere: bool = False) -> int:
    """One round; how many items the stream brought. Jobs of shards without anybody only `everywhere`."""
    images = _all()
    peopled = {image["pk"]["S"] for image in images if image["sk"]["S"].startswith("LIVE#")}
    brought = [
        _record(image)
        for image in images
        if image.get("turn", {}).get("S") == "ready"
        and (everywhere or image["pk"]["S"] in peopled or image["sk"]["S"].startswith("ASK#"))
    ]
    for record in brought:
        assert stream.take_up({"Records": [record]}, lambda: True) == {"batchItemFailures": []}
    return len(brought)


def _all() -> list[Any]:
    images: list[Any] = []
    after = None
    while True:
        page = tables.scan(TABLE, after=after)
        images += page.images
        if (after := page.last) is None:
            return images


def a_notice(number: int = 1, **more: Any) -> Notice:  # noqa: ANN401
    fields: dict[str, Any] = {
        "notice_id": f"n{number}", "kind": "update", "about_id": "incident0001",
        "component_ids": (), "store_ids": (), "title": Words("收银缓慢", "Tills are slow"),
        "body": Words("正在处理。"), "status": "identified", "at": clock.now(),
        "overtakes": "incident0001",
    }  # fmt: skip
    return Notice(**(fields | more))


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
