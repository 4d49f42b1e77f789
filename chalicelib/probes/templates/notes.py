"""What staff are told of probes: one Chinese sentence each, for their group."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.outages.model.asked.components import Outage
from chalicelib.probes.model.catalogue import PROBES, Name
from chalicelib.probes.model.state import Result, State

_STATUS = {
    "operational": "正常",
    "degraded_performance": "性能下降",
    "partial_outage": "部分中断",
    "major_outage": "严重中断",
}
_UNIT = {"ms": "毫秒", "s": "秒"}


def began(names: Sequence[Name], status: Outage, since: datetime) -> str:
    """The time tells a second stretch from the first: the same text is told once in a while."""
    return f"探测「{titles(names)}」自 {since:%H:%M} 起持续异常，对应组件应为{_STATUS[status]}。"


def drafted(names: Sequence[Name]) -> str:
    return f"探测「{titles(names)}」已起草一个未公开的事件，请核实后发布。"


def published(names: Sequence[Name]) -> str:
    return f"探测「{titles(names)}」已按规则公开发布一个事件，请接手更新。"


def unmoved(names: Sequence[Name], since: datetime) -> str:
    return f"探测「{titles(names)}」自 {since:%H:%M} 起异常：没有组件对应这一部分，或已有人在处理，未改动状态页。"


def still(name: Name) -> str:
    return (
        f"探测「{titles([name])}」仍然异常，而状态页显示正常（有人已关闭事件或改过组件），请核实。"
    )


def recovered(name: Name, lasted: timedelta, hours: int) -> str:
    watch = f"接下来 {hours} 小时加密观察。" if hours else ""
    minutes = round(lasted.total_seconds() / 60)
    return f"探测「{titles([name])}」已恢复正常，异常持续 {minutes} 分钟。{watch}"


def left_to_people(name: Name) -> str:
    return f"探测「{titles([name])}」已恢复，事件由人处理中，请自行更新或关闭。"


def let_go(name: Name) -> str:
    return f"探测「{titles([name])}」已停用或移除，不再代为处理它引发的事件，请人工跟进。"


def wobbled(state: State) -> str:
    return f"观察期内探测「{titles([state.name])}」出现异常：{last_words(state)}。"


def watched(state: State) -> str:
    found = f"期间出现 {state.wobbles} 次异常" if state.wobbles else "期间未再出现异常"
    return f"探测「{titles([state.name])}」的观察期已结束，{found}。"


def last_words(state: State) -> str:
    return in_words(state.name, state.last) if state.last else "尚无结果"


def in_words(name: Name, result: Result) -> str:
    if result.trouble:
        return f"没有正常应答（{result.trouble}）"
    if result.value is None:
        return "正常应答"
    return f"{result.value} {_UNIT[PROBES[name].unit]}"


def titles(names: Sequence[Name]) -> str:
    return "、".join(PROBES[name].title.zh or name for name in names)
