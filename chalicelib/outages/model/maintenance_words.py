"""What subscribers read of a maintenance, in both languages."""

from datetime import datetime

from chalicelib.kernel import clock
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.words import Words


def planned(one: Maintenance, zone: str) -> Words:
    said = one.updates[-1].body if one.updates else Words()
    span = _span(one, zone)
    return _joined(said, Words(f"时间：{span.zh}。", f"Time: {span.en}."))


def moved(new: Maintenance, was: Maintenance, zone: str) -> Words:
    """Old and new times, or only that something else is planned."""
    now, before = _span(new, zone), _span(was, zone)
    if now == before:
        return Words(
            f"维护安排有变，时间不变：{now.zh}。",
            f"The plan has changed, its time has not: {now.en}.",
        )
    return Words(
        f"维护时间有变：原定 {before.zh}，改为 {now.zh}。",
        f"The maintenance was planned for {before.en}; it is now planned for {now.en}.",
    )


def cancelled(one: Maintenance, zone: str) -> Words:
    span = _span(one, zone)
    return _joined(
        one.updates[-1].body,
        Words(
            f"维护已取消，原定 {span.zh}。", f"The maintenance planned for {span.en} is cancelled."
        ),
    )


def soon(one: Maintenance, zone: str) -> Words:
    span = _span(one, zone)
    return Words(
        f"维护将在一小时内开始：{span.zh}。", f"The maintenance begins within the hour: {span.en}."
    )


def started(one: Maintenance, zone: str) -> Words:
    span = _span(one, zone)
    return Words(f"维护已开始：{span.zh}。", f"The maintenance has begun: {span.en}.")


def ended(one: Maintenance) -> Words:
    said = one.updates[-1] if one.updates and one.updates[-1].status == "completed" else None
    over = Words("维护已结束。", "The maintenance is over.")
    return _joined(said.body, over) if said else over


def _span(one: Maintenance, zone: str) -> Words:
    first, last = (_local(each, zone) for each in (one.scheduled_for, one.scheduled_until))
    ends = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    begins = f"{first:%Y-%m-%d %H:%M}"
    return Words(f"{begins} 至 {ends}（{zone}）", f"{begins} to {ends} ({zone})")


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(clock.zone(zone))


def _joined(said: Words, more: Words) -> Words:
    """In each language what there is of it."""
    return Words(f"{said.zh or ''} {more.zh}".strip(), f"{said.en or ''} {more.en}".strip())
