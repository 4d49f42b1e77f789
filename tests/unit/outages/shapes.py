"""The shapes of Statuspage v2, written down from its documentation and captures, not from our code.

Every key is there, in this order, and nothing else; keys marked `?` may be null.
"""

from typing import Any

from jsonschema import Draft202012Validator

MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
ID = {"type": "string", "pattern": r"^[a-z0-9]{12}$"}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
STATUS = {
    "enum": [
        "operational", "degraded_performance", "partial_outage", "major_outage",
        "under_maintenance",
    ]
}  # fmt: skip
STAGE = {"enum": ["investigating", "identified", "monitoring", "resolved", "postmortem"]}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def exactly(**properties: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


PAGE = exactly(id=ID, name=TEXT, url=TEXT, time_zone=TEXT, updated_at=MOMENT)
ROLL_UP = exactly(
    indicator={"enum": ["none", "minor", "major", "critical", "maintenance"]},
    description={
        "enum": [
            "All Systems Operational", "Partially Degraded Service", "Degraded System Service",
            "Minor Service Outage", "Partial System Outage", "Major System Outage",
            "Service Under Maintenance",
        ]
    },
)  # fmt: skip
_PART: dict[str, Any] = {
    "id": ID,
    "name": TEXT,
    "status": STATUS,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "position": {"type": "integer", "minimum": 1},
    "description": or_null(TEXT),
    "showcase": FLAG,
    "start_date": or_null({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}),
    "group_id": or_null(ID),
    "page_id": ID,
}
LEAF = exactly(**_PART, group={"const": False}, only_show_if_degraded=FLAG)
GROUP = exactly(**_PART, group={"const": True}, only_show_if_degraded=FLAG, components=list_of(ID))
COMPONENT = {"if": {"properties": {"group": {"const": True}}}, "then": GROUP, "else": LEAF}
AFFECTED = exactly(code=ID, name=TEXT, old_status=STATUS, new_status=STATUS)
PROGRESS = {"enum": ["scheduled", "in_progress", "verifying", "completed"]}
UPDATE = exactly(
    id=ID,
    status={"anyOf": [STAGE, PROGRESS]},
    body=TEXT,
    incident_id=ID,
    created_at=MOMENT,
    updated_at=MOMENT,
    display_at=MOMENT,
    affected_components=or_null({**list_of(AFFECTED), "minItems": 1}),
    deliver_notifications=FLAG,
    custom_tweet={"type": "null"},
    tweet_id={"type": "null"},
)
_TOLD: dict[str, Any] = {
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "monitoring_at": or_null(MOMENT),
    "resolved_at": or_null(MOMENT),
    "impact": {"enum": ["none", "minor", "major", "critical"]},
    "shortlink": TEXT,
    "started_at": MOMENT,
    "page_id": ID,
    "incident_updates": {**list_of(UPDATE), "minItems": 1},
    "components": list_of(COMPONENT),
}
INCIDENT = exactly(id=ID, name=TEXT, status=STAGE, **_TOLD)
_PLANNED = {**_TOLD, "impact": {"const": "maintenance"}, "incident_updates": list_of(UPDATE)}
MAINTENANCE = exactly(
    id=ID, name=TEXT, status=PROGRESS, **_PLANNED, scheduled_for=MOMENT, scheduled_until=MOMENT
)
DOCUMENTS = {
    "summary.json": exactly(
        page=PAGE,
        components=list_of(COMPONENT),
        incidents=list_of(INCIDENT),
        scheduled_maintenances=list_of(MAINTENANCE),
        status=ROLL_UP,
    ),
    "status.json": exactly(page=PAGE, status=ROLL_UP),
    "components.json": exactly(page=PAGE, components=list_of(COMPONENT)),
    "incidents.json": exactly(page=PAGE, incidents=list_of(INCIDENT)),
    "incidents/unresolved.json": exactly(page=PAGE, incidents=list_of(INCIDENT)),
    **{
        f"scheduled-maintenances{which}.json": exactly(
            page=PAGE, scheduled_maintenances=list_of(MAINTENANCE)
        )
        for which in ("", "/upcoming", "/active")
    },
}


def check(name: str, document: Any) -> None:  # noqa: ANN401
    """Fails on a missing, foreign, misplaced or ill-typed key, and on an id that comes twice in one list."""
    Draft202012Validator(DOCUMENTS[name]).validate(document)
    _in_order(DOCUMENTS[name], document)


def _in_order(schema: dict[str, Any], value: Any) -> None:  # noqa: ANN401
    if "if" in schema:
        schema = schema["then" if value["group"] else "else"]
    if "anyOf" in schema and value is not None:
        schema = schema["anyOf"][0]
    if isinstance(value, dict):
        assert list(value) == list(schema["properties"])
        for key, each in value.items():
            _in_order(schema["properties"][key], each)
    if isinstance(value, list):
        ids = [each["id"] for each in value if isinstance(each, dict) and "id" in each]
        assert len(ids) == len(set(ids))
        for each in value:
            _in_order(schema["items"], each) if "items" in schema else None
