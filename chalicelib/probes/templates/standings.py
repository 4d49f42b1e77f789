"""How a probe stands, as a sentence for operators."""

from collections.abc import Mapping

from chalicelib.outages.model.words import Words
from chalicelib.probes.model.catalogue import PROBES
from chalicelib.probes.model.showing import Standing
from chalicelib.probes.model.state import State

_LOOKED_AT = 5
_SAID: Mapping[Standing, Words] = {
    "off": Words("已按规则停用。", "Switched off by the rules."),
    "waiting": Words("还没有结果。", "No result yet."),
    "good": Words("正常：{last}。", "Works: {last}."),
    "watched": Words(
        "已恢复，正在加密观察：{last}。", "Works again and is watched closely: {last}."
    ),
    "bad": Words(
        "异常：最近 {of} 次中 {failed} 次失败，{last}。",
        "Bad: of the last {of} results {failed} failed; {last}.",
    ),
}


def said(standing: Standing, state: State, limit: int) -> Words:
    found = _SAID[standing]
    latest = state.results[-_LOOKED_AT:]
    failed = sum(not each.good for each in latest)
    zh, en = _last(state, limit)
    counts = {"of": len(latest), "failed": failed}
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
