"""What operators prepare for the first minutes of an incident."""

import re

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call
from chalicelib.adapters.http.answers import At
from chalicelib.kernel.clock import text
from chalicelib.kernel.errors import InvalidRequest, NotFound
from chalicelib.outages.api.routes import desk, idempotency_key, made, routes
from chalicelib.outages.api.views import IncidentView, incident_view
from chalicelib.outages.model.asked import FromTemplate, Naming, NewTemplate
from chalicelib.outages.model.canned import Template
from chalicelib.outages.model.errors import IncidentFull, NameTaken, PageFull
from chalicelib.outages.model.incidents import Severity, Stage
from chalicelib.outages.model.words import Words

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$(?!\n)")


class TemplateView(msgspec.Struct):
    template_id: str
    name: Words
    body: Words
    status: Stage
    severity: Severity | None
    components: list[Naming]
    next_update_minutes: int | None
    updated_at: At


class TemplateList(msgspec.Struct):
    items: list[TemplateView]
    next_cursor: None = None


@routes.declare(
    "GET", "/v1/incident-templates", needs="incident:publish", answers={200: TemplateList}
)
def get_incident_templates(_call: Call) -> TemplateList:
    """All that is prepared, by id."""
    return TemplateList([_view(each) for each in desk().templates()])


@routes.declare(
    "PUT",
    "/v1/incident-templates/{template_id}",
    needs="incident:publish",
    takes=NewTemplate,
    answers={200: TemplateView},
    raises=(NotFound, InvalidRequest, PageFull),
)
def put_incident_template(call: Call, template_id: str, body: NewTemplate) -> TemplateView:
    """Prepare an incident, in both languages."""
    return _view(desk().put_template(_id(template_id), body, stamp(call)))


@routes.declare(
    "DELETE",
    "/v1/incident-templates/{template_id}",
    needs="incident:publish",
    answers={204: None},
    raises=(NotFound,),
)
def delete_incident_template(call: Call, template_id: str) -> Answer:
    """Forget what was prepared."""
    desk().remove_template(_id(template_id), stamp(call))
    return Answer("", status=204)


@routes.declare(
    "POST",
    "/v1/incident-templates/{template_id}/incidents",
    needs="incident:publish",
    takes=FromTemplate,
    answers={201: IncidentView, 200: IncidentView},
    raises=(NotFound, InvalidRequest, NameTaken, IncidentFull),
)
def post_incident_by_template(call: Call, template_id: str, body: FromTemplate) -> Answer:
    """Report what was prepared, at all stores or at some. With an `Idempotency-Key`, the same request sent again makes
    no second incident.
    """
    new, again = desk().report_by(_id(template_id), body, idempotency_key(call), stamp(call))
    return made(incident_view(new), new.version, again=again)


def _id(value: str) -> str:
    """Raises NotFound."""
    if not _ID.match(value):
        raise NotFound
    return value


def _view(one: Template) -> TemplateView:
    content = one.content
    return TemplateView(
        one.id,
        content.name.words(),
        content.body.words(),
        content.status,
        content.severity,
        content.components,
        content.next_update_minutes,
        text(one.updated_at),
    )
