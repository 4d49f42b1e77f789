"""A promised update that did not come: who owes it is reminded, and what the staff's group reads of it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.outages.model.incidents import Event, Incident
from chalicelib.outages.model.words import say

MOST = 3
AGAIN_AFTER = timedelta(minutes=15)


def nagged(incident: Incident, now: datetime) -> Incident:
    """The same incident where nobody is to be reminded now: when a promise is broken, a quarter of an hour after each
    time, and three times at the most. The event's `new` is the id of the one responsible.
    """
    due_at = incident.next_update_due_at
    if not incident.open or due_at is None or due_at > now:
        return incident
    before = reminders(incident)
    if len(before) == MOST or (before and now < before[-1].at + AGAIN_AFTER):
        return incident
    event = Event(at=now, who="", what="overdue", new=responsible(incident))
    return replace(incident, nagged_for=due_at, events=(*incident.events, event))


def reminders(incident: Incident) -> list[Event]:
    """Of the promise that holds now."""
    due_at = incident.next_update_due_at
    if due_at is None or incident.nagged_for != due_at:
        return []
    return [each for each in incident.events if each.what == "overdue" and each.at >= due_at]


def responsible(incident: Incident) -> str:
    """Who tells the public; or else who leads; or nobody."""
    roles = incident.roles
    return roles.get("communications") or roles.get("commander") or ""


def reminder(incident: Incident, now: datetime, time_zone: str) -> str:
    """For the staff's group, of an incident that was just `nagged`."""
    zone = clock.zone(time_zone)
    due_at = (incident.next_update_due_at or now).astimezone(zone)
    due = (
        f"{due_at:%H:%M}"
        if due_at.date() == now.astimezone(zone).date()
        else f"{due_at:%m-%d %H:%M}"
    )
    name = say(incident.name, "zh-CN").text
    who = responsible(incident) or "未指定，请先指定"
    count = len(reminders(incident))
    return (
        f"【状态页】故障“{name}”答应 {due} 前更新进展，至今没有。负责人：{who}。"
        f"请立即更新，或另约时间（第 {count} 次提醒，最多 {MOST} 次；故障编号 {incident.id}）"
    )
