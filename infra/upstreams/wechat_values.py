"""What WeChat lets stand in a subscribe message: the rule of each kind of value.

Source: the table "订阅消息参数值内容限制说明" of the subscribeMessage.send document. A Chinese character
counts one.
"""

import re
from collections.abc import Callable
from datetime import date

HAN = "\u4e00-\u9fff"
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d", re.ASCII)


def _shaped(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


def _is_day(text: str) -> bool:
    found = _DAY.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_clock_time(text: str) -> bool:
    day, space, clock = text.rpartition(" ")
    return _CLOCK.fullmatch(clock) is not None and (not space or _is_day(day))


def _is_time(value: str) -> bool:
    return all(_is_clock_time(end) for end in _ends(value))


def _is_date(value: str) -> bool:
    return all(_is_day(end) or (" " in end and _is_clock_time(end)) for end in _ends(value))


def _ends(value: str) -> list[str]:
    """Split a range `from~to`; anything else is one end, and more than two fit no rule."""
    ends = value.split("~")
    return [end.strip() for end in ends] if len(ends) <= 2 else [""]  # noqa: PLR2004


_RULES: dict[str, Callable[[str], bool]] = {
    "thing": _shaped(r".{1,20}"),
    "number": _shaped(r"(?=.{1,32}$)-?\d+(\.\d+)?"),
    "letter": _shaped(r"[A-Za-z]{1,32}"),
    "symbol": _shaped(rf"[^A-Za-z0-9\s{HAN}]{{1,5}}"),
    "character_string": _shaped(r"[\x21-\x7e][\x20-\x7e]{0,31}"),
    "time": _is_time,
    "date": _is_date,
    "amount": _shaped(r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": _shaped(r"[0-9+\-() ]{1,17}"),
    "car_number": _shaped(rf"(?=.{{1,8}}$)[{HAN}]?[A-Z0-9]+[{HAN}]?"),
    "name": _shaped(rf"[{HAN}·]{{1,10}}|[A-Za-z .\-']{{1,20}}"),
    "phrase": _shaped(rf"[{HAN}]{{1,5}}"),
}


def kind_of(key: str) -> str:
    """Read the kind out of a template's key: `thing3` is a `thing`. Raises ValueError for others."""
    kind = re.sub(r"\d+$", "", key)
    if kind == key or kind not in _RULES:
        raise ValueError(f"wechat_templates: {key} is not a kind of value with its number")
    return kind


def fault_of(key: str, value: object) -> str | None:
    """Say what is wrong with a value in WeChat's words; None when it may stand."""
    if not isinstance(value, str):
        return "invalid"
    if not value.strip():
        return "is empty"
    one_line = "\n" not in value and "\r" not in value
    return None if one_line and _RULES[kind_of(key)](value) else "invalid"
