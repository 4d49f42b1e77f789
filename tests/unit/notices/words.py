"""A notice to try things with."""

from datetime import datetime
from typing import Any

from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import Words


def a_notice(**more: Any) -> Notice:  # noqa: ANN401
    fields: dict[str, Any] = {
        "notice_id": "n1", "kind": "update", "about_id": "incident0001", "component_ids": (), "store_ids": (),
        "title": Words("收银缓慢", "Tills are slow"), "body": Words("正在处理。"), "status": "identified",
        "at": datetime.fromisoformat("2026-11-22T08:00:00.000Z"), "overtakes": "incident0001",
    }  # fmt: skip
    return Notice(**(fields | more))
