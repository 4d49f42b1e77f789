"""A notice as WeChat's subscribe message: thing1 of what, phrase2 how it stands, time3 since when, thing4 the text."""

from collections.abc import Mapping

from chalicelib.kernel import clock
from chalicelib.outages.model.notices import Kind, Notice
from chalicelib.outages.model.words import say

ZONE = "Asia/Shanghai"  # in which WeChat's users read their clocks
PHRASES: Mapping[Kind, str] = {
    "incident": "出现故障",
    "update": "正在处理",
    "resolved": "已经恢复",
    "maintenance_scheduled": "计划维护",
    "maintenance_changed": "维护变更",
    "maintenance_soon": "即将维护",
    "maintenance_started": "维护开始",
    "maintenance_ended": "维护结束",
}


def wechat_values(notice: Notice) -> dict[str, str]:
    """In Chinese where there is any; what does not fit into 20 characters is cut."""
    from chalicelib.adapters.wechat import as_thing  # noqa: PLC0415 - the other channels do without it

    at = notice.at.astimezone(clock.zone(ZONE))
    title = as_thing(say(notice.title, "zh-CN").text)
    return {
        "thing1": title,
        "phrase2": PHRASES[notice.kind],
        "time3": f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
        "thing4": as_thing(say(notice.body, "zh-CN").text) or title,
    }
