"""Tencent Cloud's pulls: what the carriers reported, once as a queue or again by phone number."""

import json
from typing import Annotated, Any

import msgspec

from infra.upstreams.faults import Fault
from infra.upstreams.phones import e164, mainland
from infra.upstreams.tencent import RequestRefused
from infra.upstreams.world import World

KEPT_S = 7 * 86_400
MAX_ROWS = 100
Rows = Annotated[int, msgspec.Meta(ge=0)]


class Pull(msgspec.Struct, rename="pascal", forbid_unknown_fields=True, frozen=True):
    limit: Rows
    sms_sdk_app_id: str


class PullByPhone(msgspec.Struct, rename="pascal", forbid_unknown_fields=True, frozen=True):
    """Both times are epoch seconds; the end may be left out and is then now."""

    begin_time: int
    offset: int
    limit: Rows
    phone_number: str
    sms_sdk_app_id: str
    end_time: int | None = None


def pull(world: World, order: Pull, _fault: Fault | None) -> dict[str, Any]:
    """Hand out reports nobody has pulled yet, and forget them."""
    _check(world, order.sms_sdk_app_id, order.limit)
    rows = world.store.run(
        "SELECT serial_no, report FROM reports WHERE pulled = 0 AND due_at <= ?"
        " ORDER BY due_at LIMIT ?",
        *(world.clock.now(), order.limit),
    )
    for serial_no, _report in rows:
        world.store.run("UPDATE reports SET pulled = 1 WHERE serial_no = ?", serial_no)
    return {"PullSmsSendStatusSet": [json.loads(report) for _serial_no, report in rows]}


def pull_by_phone(world: World, order: PullByPhone, _fault: Fault | None) -> dict[str, Any]:
    """Read the reports of what was sent to a number in a window, as often as one likes."""
    _check(world, order.sms_sdk_app_id, order.limit)
    now = world.clock.wall()
    end = now if order.end_time is None else order.end_time
    if not order.phone_number.startswith("+") or mainland(order.phone_number) is None:
        raise RequestRefused("InvalidParameterValue.IncorrectPhoneNumber", "E.164 is expected.")
    if order.offset != 0:
        raise RequestRefused("InvalidParameterValue.OffsetVerifyFail", "Offset must be 0.")
    if not now - KEPT_S <= order.begin_time:
        raise RequestRefused("InvalidParameterValue.BeginTimeVerifyFail", "At most 7 days back.")
    if end < order.begin_time:
        raise RequestRefused("InvalidParameterValue.EndTimeVerifyFail", "EndTime is too early.")
    rows = world.store.run(
        "SELECT report FROM reports WHERE phone = ? AND sent_at >= ? AND sent_at < ? + 1"
        " AND due_at <= ? ORDER BY sent_at LIMIT ?",
        *(e164(order.phone_number), order.begin_time, end, world.clock.now(), order.limit),
    )
    return {"PullSmsSendStatusSet": [json.loads(report) for (report,) in rows]}


def _check(world: World, app_id: str, limit: int) -> None:
    if app_id != world.settings.sms_app_id:
        code = "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
        raise RequestRefused(code, "SmsSdkAppId is not one of this account.")
    if not 1 <= limit <= MAX_ROWS:
        raise RequestRefused("InvalidParameterValue.LimitVerifyFail", "Limit is 1 to 100.")
