"""Aliyun's QuerySendDetails: every message to one number on one day, also those that no carrier has reported yet."""

import json
from datetime import datetime
from typing import Any

import msgspec

from infra.upstreams.aliyun import ProductRefused
from infra.upstreams.aliyun_send import BEIJING, beijing
from infra.upstreams.faults import Fault
from infra.upstreams.phones import e164, mainland
from infra.upstreams.world import World

KEPT_DAYS = 30
MAX_ROWS = 50


class QuerySendDetails(msgspec.Struct, rename="pascal", forbid_unknown_fields=True, frozen=True):
    phone_number: str
    send_date: str
    page_size: int
    current_page: int
    biz_id: str = ""


def query(world: World, order: QuerySendDetails, _fault: Fault | None) -> dict[str, Any]:
    """Read a page, the last sent first, as often as one likes."""
    if mainland(order.phone_number) is None:
        raise ProductRefused("isv.MOBILE_NUMBER_ILLEGAL", "invalid mobile number")
    if not 1 <= order.page_size <= MAX_ROWS or order.current_page < 1:
        raise ProductRefused(
            "isv.INVALID_PARAMETERS", "PageSize is 1 to 50, CurrentPage 1 or more."
        )
    _check_day(world, order.send_date)
    rows = world.store.run(
        "SELECT detail, due_at FROM aliyun_sends WHERE phone = ? AND day = ?"
        " AND (? = '' OR biz_id = ?) ORDER BY sent_at DESC",
        *(e164(order.phone_number), order.send_date, order.biz_id, order.biz_id),
    )
    start = (order.current_page - 1) * order.page_size
    now, shown = world.clock.now(), rows[start : start + order.page_size]
    details = [
        _as_of(json.loads(detail), due_at is not None and due_at <= now) for detail, due_at in shown
    ]
    return {"TotalCount": str(len(rows)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": details}}


def _as_of(detail: dict[str, Any], reported: bool) -> dict[str, Any]:  # noqa: FBT001
    if reported:
        return detail
    unknown = {"ErrCode", "ReceiveDate"}
    waiting = {name: value for name, value in detail.items() if name not in unknown}
    return {**waiting, "SendStatus": 1}


def _check_day(world: World, text: str) -> None:
    try:
        day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=BEIJING).date()
    except ValueError:
        raise ProductRefused("isv.INVALID_PARAMETERS", "SendDate is yyyyMMdd.") from None
    today = beijing(world.clock.wall()).date()
    if not 0 <= (today - day).days <= KEPT_DAYS:
        raise ProductRefused("isv.INVALID_PARAMETERS", "SendDate is within the last 30 days.")
