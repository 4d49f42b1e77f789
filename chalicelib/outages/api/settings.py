"""How the status page reckons, for operators."""

from typing import Annotated

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest
from chalicelib.outages.api.routes import desk, routes
from chalicelib.outages.model.asked import PageChange
from chalicelib.outages.model.components import Page


class PageView(msgspec.Struct):
    """`partial_weight`: how much of a partial outage counts as down in the uptime; the page says so."""

    time_zone: str
    partial_weight: float
    version: Annotated[int, msgspec.Meta(description="What If-Match names, in quotes")]


@routes.declare("GET", "/v1/status-settings", needs="component:write", answers={200: PageView})
def get_status_settings(_call: Call) -> Answer:
    """The status page's time zone and its weight of partial outages, with the ETag that a change names."""
    return _answer(desk().page())


@routes.declare(
    "PATCH",
    "/v1/status-settings",
    needs="component:write",
    takes=PageChange,
    answers={200: PageView},
    raises=(InvalidRequest, ConditionMissing, Gone),
)
def patch_status_settings(call: Call, body: PageChange) -> Answer:
    """Change them, for all days that the page shows; `If-Match` names the version that was read, or `*`."""
    return _answer(desk().change_page(known_version(call), body, stamp(call)))


def _answer(page: Page) -> Answer:
    view = PageView(page.time_zone, page.partial_weight, page.version)
    return Answer(view, headers=tagged(page.version))
