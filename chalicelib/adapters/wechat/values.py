"""What WeChat lets stand in a subscribe message, checked here so that it never has to say 47003.

Source: the table 订阅消息参数值内容限制说明 in the document of subscribeMessage.send. Where it leaves room, this is the
narrower reading: no ranges, no `2019-12-25`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from chalicelib.adapters.upstream import Refused
from chalicelib.kernel.words import one_line

THING_CHARS = 20
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)
_HOUR = re.compile(r"([01]?\d|2[0-3]):[0-5]\d", re.ASCII)
_KEY = re.compile(r"([a-z_]+)\d+")


def check_values(values: Mapping[str, str]) -> None:
    """`values` by template key (`thing1`). Raises Refused, which names the keys that do not fit and no value."""
    unfit = [key for key, value in values.items() if not fits(_kind_of(key), value)]
    if unfit:
        raise Refused("wechat", f"unfit:{','.join(unfit)}", "template")


def fits(kind: str, value: str) -> bool:
    """Whether the value may stand. A kind without a rule here (`enum`) need only be one line that is not blank."""
    if not value.strip() or "\n" in value or "\r" in value:
        return False
    rule = _RULES.get(kind)
    return rule is None or rule(value)


def as_thing(text: str) -> str:
    """Any text as a `thing`: one line, cut to 20 with an ellipsis."""
    line = one_line(text)
    if _length(line) <= THING_CHARS:
        return line
    while _length(line) >= THING_CHARS:
        line = line[:-1]
    return f"{line}…"


def _kind_of(key: str) -> str:
    found = _KEY.fullmatch(key)
    return found[1] if found else key


def _length(text: str) -> int:
    """A Chinese character is one; what lies beyond the first plane (emoji) is counted as two, to be safe."""
    return len(text.encode("utf-16-le")) // 2


def _shaped(pattern: str) -> Callable[[str], bool]:
    return lambda value: re.fullmatch(pattern, value, re.ASCII) is not None


def _is_thing(value: str) -> bool:
    return _length(value) <= THING_CHARS and value.isprintable()


def _is_day(value: str) -> bool:
    found = _DAY.fullmatch(value)
    try:
        return found is not None and bool(date(*(int(part) for part in found.groups())))
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    day, space, hour = value.rpartition(" ")
    return _HOUR.fullmatch(hour) is not None and (not space or _is_day(day))


def _is_date(value: str) -> bool:
    return _is_day(value) or (" " in value and _is_time(value))


_RULES: dict[str, Callable[[str], bool]] = {
    "thing": _is_thing,
    "number": _shaped(r"(?=.{1,32}$)-?\d+(\.\d+)?"),
    "letter": _shaped(r"[A-Za-z]{1,32}"),
    "symbol": _shaped(r"[!-/:-@\[-`{-~]{1,5}"),
    "character_string": _shaped(r"[!-~]([ -~]{0,30}[!-~])?"),
    "time": _is_time,
    "date": _is_date,
    "amount": _shaped(r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": _shaped(r"[+\d][\d-]{0,16}"),
    "car_number": _shaped(rf"(?=.{{1,8}}$)[{_HAN}]?[A-Z0-9]+[{_HAN}]?"),
    "name": _shaped(r"[\u4e00-\u9fff]{1,10}|[A-Za-z]{1,20}"),
    "phrase": _shaped(r"[\u4e00-\u9fff]{1,5}"),
}
