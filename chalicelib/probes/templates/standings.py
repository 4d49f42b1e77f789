"""How a probe stands, as a sentence for operators."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.outages.model.words import Words
from chalicelib.probes.model.catalogue import PROBES
from chalicelib.probes.model.showing import Standing
from chalicelib.probes.model.state import State

_LOOKED_AT = 5
_SAID: Mapping[Standing, Words] = {
    "off": Words("已按规则停用。", "Switched off by the rules."),
    "waiting": Words("还没有结果。", "No result yet."),
    "silent": Words(
        "已 {minutes} 分钟没有结果，现在如何不得而知；之前的结果：{last}。",
        "No result for {minutes} minutes, so nobody knows how it is now. The last one: {last}.",
    ),
    "good": Words("正常：{last}。", "Works: {last}."),
    "watched": Words(
        "已恢复，正在加密观察：{last}。", "Works again and is watched closely: {last}."
    ),
    "bad": Words(
        "异常：最近 {of} 次中 {failed} 次失败，{last}。",
        "Bad: of the last {of} results {failed} failed; {last}.",
    ),
}


def said(standing: Standing, state: State, limit: int, now: datetime) -> Words:
    found = _SAID[standing]
    unheard = now - state.last.at if state.last else timedelta(0)
    latest = state.results[-_LOOKED_AT:]
    failed = sum(not each.good for each in latest)
    zh, en = _last(state, limit)
    counts = {"of": len(latest), "failed": failed, "minutes": round(unheard.total_seconds() / 60)}
    return Words(
        (found.zh or "").format(**counts, last=zh), (found.en or "").format(**counts, last=en)
    )


def _last(state: State, limit: int) -> tuple[str, str]:
    if state.last is None:
        return "", ""
    if state.last.trouble:
        return f"没有正常应答（{state.last.trouble}）", f"no proper answer ({state.last.trouble})"
    unit = PROBES[state.name].unit
    zh = {"ms": "毫秒", "s": "秒"}[unit]
    value = state.last.value
    return f"{value} {zh}，上限 {limit} {zh}", f"{value} {unit}, at most {limit} {unit}"
