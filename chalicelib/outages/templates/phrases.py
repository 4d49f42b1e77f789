"""The pages' own words in the language asked for, and times and spans as a person would say them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from chalicelib.kernel import clock
from chalicelib.outages.model.words import Language
from chalicelib.outages.templates.chinese import CHINESE
from chalicelib.outages.templates.english import ENGLISH
from chalicelib.outages.templates.phrasebook import Phrases

PHRASES: Mapping[Language, Phrases] = {"zh-CN": CHINESE, "en": ENGLISH}
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


def month(first: date, language: Language) -> str:
    """`2026年11月` or `November 2026`."""
    return PHRASES[language].month.format(year=first.year, month=first.month, name=f"{first:%B}")


def day(at: date, language: Language) -> str:
    return f"{at.day} {at:%b}" if language == "en" else f"{at.month}月{at.day}日"


def lasted(length: timedelta, language: Language) -> str:
    """`2 小时 5 分钟`; seconds only where there is nothing longer."""
    said = PHRASES[language]
    hours, rest = divmod(int(length.total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(said.hours, hours), (said.minutes, minutes)]
    told = " ".join(unit.format(count) for unit, count in parts if count)
    return told or said.seconds.format(seconds)
