"""The page's own words, as a person would say them in each language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Impact, Stage
from chalicelib.outages.model.words import Language


class Phrases(NamedTuple):
    """Everything that the page says by itself; `{…}` is filled in."""

    title: str
    headings: Mapping[str, str]
    statuses: Mapping[Status, str]
    stages: Mapping[Stage, str]
    impacts: Mapping[Impact, str]
    now: str
    components: str
    past: str
    nothing_past: str
    eta: str
    next_update: str
    overdue: str
    affects: str
    only_other: str
    earlier: str
    left_out: str
    zone: str
    as_of: str
    programs: str
    other_language: str
    unknown: str
    unknown_hint: str
    skip: str


PHRASES: Mapping[Language, Phrases] = {
    "zh-CN": Phrases(
        title="{name} · 系统状态",
        headings={
            "All Systems Operational": "所有服务运行正常",
            "Partially Degraded Service": "部分服务变慢",
            "Degraded System Service": "服务整体变慢",
            "Minor Service Outage": "个别服务出现故障",
            "Partial System Outage": "部分服务中断",
            "Major System Outage": "服务大面积中断",
            "Service Under Maintenance": "正在维护",
        },
        statuses={
            "operational": "正常",
            "under_maintenance": "维护中",
            "degraded_performance": "变慢",
            "partial_outage": "部分中断",
            "major_outage": "中断",
        },
        stages={
            "investigating": "调查中",
            "identified": "已找到原因",
            "monitoring": "已修复，观察中",
            "resolved": "已恢复",
            "postmortem": "事后复盘",
        },
        impacts={
            "none": "无影响",
            "minor": "影响较小",
            "major": "影响较大",
            "critical": "影响严重",
        },
        now="正在处理",
        components="各项服务",
        past="最近 {days} 天的事件",
        nothing_past="最近 {days} 天没有发生事件。",
        eta="预计恢复",
        next_update="下次更新",
        overdue="已过约定时间，我们会尽快更新",
        affects="涉及",
        only_other="暂无中文，以下为英文原文",
        earlier="更早的 {count} 条更新",
        left_out="篇幅所限，另有 {count} 条未列出，请看 {link}。",
        zone="页面上的时间均为{zone}（{offset}）。",
        as_of="截至 {time}",
        programs="供程序读取：",
        other_language="English",
        unknown="暂时无法得知系统状态",
        unknown_hint="这不表示一切正常。请稍后再看，或直接询问门店。",
        skip="跳到正文",
    ),
    "en": Phrases(
        title="{name} · System status",
        headings={},
        statuses={
            "operational": "Operational",
            "under_maintenance": "Under maintenance",
            "degraded_performance": "Degraded",
            "partial_outage": "Partial outage",
            "major_outage": "Major outage",
        },
        stages={
            "investigating": "Investigating",
            "identified": "Identified",
            "monitoring": "Monitoring",
            "resolved": "Resolved",
            "postmortem": "Post-mortem",
        },
        impacts={
            "none": "No impact",
            "minor": "Minor impact",
            "major": "Major impact",
            "critical": "Critical impact",
        },
        now="Happening now",
        components="Services",
        past="Incidents of the last {days} days",
        nothing_past="No incidents in the last {days} days.",
        eta="Expected recovery",
        next_update="Next update",
        overdue="overdue, and on its way",
        affects="Affects",
        only_other="Not translated yet; the original is in Chinese",
        earlier="{count} earlier updates",
        left_out="{count} more are not shown here for length: see {link}.",
        zone="All times are {zone} ({offset}).",
        as_of="As of {time}",
        programs="For programs: ",
        other_language="中文",
        unknown="The system status is not known just now",
        unknown_hint="This does not mean that all is well. Look again later, or ask a store.",
        skip="Skip to the content",
    ),
}
_ZONES = {("Asia/Shanghai", "zh-CN"): "北京时间", ("Asia/Shanghai", "en"): "China Standard Time"}


def heading(description: str, language: Language) -> str:
    return PHRASES[language].headings.get(description, description)


def moment(at: datetime, now: datetime, zone: str, language: Language) -> str:
    """`11月22日 16:05` or `22 Nov, 16:05`, in the page's zone; with the year where it is not this one."""
    local = at.astimezone(clock.zone(zone))
    other_year = local.year != now.astimezone(clock.zone(zone)).year
    if language == "en":
        return f"{local.day} {local:%b}{f' {local.year}' if other_year else ''}, {local:%H:%M}"
    year = f"{local.year}年" if other_year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def zone_name(zone: str, language: Language) -> str:
    return _ZONES.get((zone, language), zone)


def offset(at: datetime, zone: str) -> str:
    """`UTC+8`, `UTC-3:30`."""
    shift = at.astimezone(clock.zone(zone)).utcoffset() or timedelta()
    minutes = round(shift.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
