"""The status summary in Statuspage's shape, from the page's record and its open incidents, for all peers."""

import hashlib
import json
import os
from datetime import UTC, datetime
from typing import Any

Item = dict[str, Any]
_NAME, _URL = os.environ.get("CHAIN_NAME", "灯塔"), os.environ.get("STATUS_BASE_URL", "")
_RANK = (
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
)
_IMPACT = {"operational": "none", "under_maintenance": "none", "degraded_performance": "minor",
           "partial_outage": "major", "major_outage": "critical"}  # fmt: skip
_ALL_SO = {
    "operational": ("none", "All Systems Operational"),
    "under_maintenance": ("maintenance", "Service Under Maintenance"),
    "degraded_performance": ("minor", "Degraded System Service"),
    "partial_outage": ("major", "Partial System Outage"),
    "major_outage": ("critical", "Major System Outage"),
}
_SOME_SO = _ALL_SO | {
    "degraded_performance": ("minor", "Partially Degraded Service"),
    "partial_outage": ("minor", "Minor Service Outage"),
    "major_outage": ("major", "Partial System Outage"),
}


def summary(items: list[Item]) -> Item:
    """From all items between `INCIDENT#` and `WINDOW#~` of the page's partition."""
    page = next(json.loads(item["doc"]) for item in items if item["sk"] == "PAGE")
    now = datetime.now(UTC).isoformat()
    known = [json.loads(i["doc"]) for i in items if i["sk"].startswith("INCIDENT#")]
    shown = [each for each in known if each.get("public", True) and each["published_at"] <= now]
    shown.sort(key=lambda each: each["id"], reverse=True)
    states = _states(page["components"], shown)
    views = [_component(page, each, states) for each in page["components"]]
    leaves = [states[each["id"]] for each in page["components"] if not each.get("group")]
    worst = max(leaves, key=_RANK.index, default="operational")
    indicator, description = (_ALL_SO if set(leaves) == {worst} else _SOME_SO)[worst]
    changed = [max(each["updated_at"], each["published_at"]) for each in shown]
    return {
        "page": {"id": page["id"], "name": _NAME, "url": _URL,
                 "time_zone": page.get("time_zone", "Asia/Shanghai"),
                 "updated_at": _at(max([page["updated_at"], *changed]))},
        "components": views,
        "incidents": [_incident(page, each, views) for each in shown],
        "scheduled_maintenances": [],
        "status": {"indicator": indicator, "description": description},
    }  # fmt: skip


def etag(body: str) -> str:
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def _states(components: list[Item], incidents: list[Item]) -> dict[str, str]:
    found = {each["id"]: each.get("baseline", "operational") for each in components}
    for incident in incidents:
        for component_id, status in _impacts(incident).items():
            found[component_id] = max(found[component_id], status, key=_RANK.index)
    for group in components:
        if group.get("group"):
            of = [found[each["id"]] for each in components if each.get("group_id") == group["id"]]
            found[group["id"]] = max(of, key=_RANK.index, default="operational")
    return found


def _impacts(incident: Item) -> dict[str, str]:
    return {
        one["component_id"]: one["new_status"]
        for update in incident["updates"]
        for one in update.get("affected", ())
    }


def _component(page: Item, one: Item, states: dict[str, str]) -> Item:
    view = {
        "id": one["id"], "name": _say(one["name"]), "status": states[one["id"]],
        "created_at": _at(one["created_at"]), "updated_at": _at(one["updated_at"]),
        "position": one["position"],
        "description": _say(one["description"]) if one.get("description") else None,
        "showcase": one.get("showcase", True), "start_date": one.get("start_date"),
        "group_id": one.get("group_id"), "page_id": page["id"], "group": one.get("group", False),
        "only_show_if_degraded": one.get("only_show_if_degraded", False),
    }  # fmt: skip
    if one.get("group"):
        children = [each for each in page["components"] if each.get("group_id") == one["id"]]
        view["components"] = [each["id"] for each in children]
    return view


def _incident(page: Item, one: Item, views: list[Item]) -> Item:
    named = _impacts(one)
    worst = max(named.values(), key=_RANK.index, default="operational")
    watched = [u["display_at"] for u in one["updates"] if u["status"] == "monitoring"]
    return {
        "id": one["id"], "name": _say(one["name"]), "status": one["updates"][-1]["status"],
        "created_at": _at(one["created_at"]), "updated_at": _at(one["updated_at"]),
        "monitoring_at": _at(watched[0]) if watched else None, "resolved_at": None,
        "impact": one.get("impact_override") or _IMPACT[worst], "shortlink": f"{_URL}#{one['id']}",
        "started_at": _at(one["started_at"]), "page_id": page["id"],
        "incident_updates": [_update(page, one, each) for each in reversed(one["updates"])],
        "components": [view for view in views if view["id"] in named],
    }  # fmt: skip


def _update(page: Item, incident: Item, one: Item) -> Item:
    names = {each["id"]: _full_name(page, each) for each in page["components"]}
    affected = [
        {"code": each["component_id"], "name": names[each["component_id"]],
         "old_status": each["old_status"], "new_status": each["new_status"]}
        for each in one.get("affected", ())
    ]  # fmt: skip
    return {
        "id": one["id"], "status": one["status"], "body": _say(one["body"]),
        "incident_id": incident["id"], "created_at": _at(one["created_at"]),
        "updated_at": _at(one["updated_at"]), "display_at": _at(one["display_at"]),
        "affected_components": affected or None,
        "deliver_notifications": one.get("deliver_notifications", True),
        "custom_tweet": None, "tweet_id": None,
    }  # fmt: skip


def _full_name(page: Item, one: Item) -> str:
    over = [each for each in page["components"] if each["id"] == one.get("group_id")]
    return " - ".join(_say(each["name"]) for each in (*over, one))


def _say(words: Item) -> str:
    return words.get("zh") or words.get("en") or ""


def _at(moment: str) -> str:
    return f"{moment[:19]}{moment[19:23] if '.' in moment else '.000'}Z"
