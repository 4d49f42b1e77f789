"""All that is deployed: every blueprint of every slice, and nothing else."""

from chalice.app import Chalice

from chalicelib.access import stream as audit
from chalicelib.access.api import ROUTES as ACCESS
from chalicelib.adapters import http
from chalicelib.amends import stream as amending
from chalicelib.amends.api import ROUTES as AMENDS
from chalicelib.front import api as front
from chalicelib.front import standing, watching
from chalicelib.front import stream as following
from chalicelib.ledger import schedule as rounds
from chalicelib.ledger.api import ROUTES as LEDGER
from chalicelib.messages import schedule, stream
from chalicelib.messages.api import ROUTES as MESSAGES
from chalicelib.notices import stream as telling
from chalicelib.notices.api import ROUTES as NOTICES
from chalicelib.outages import api as outages
from chalicelib.outages import handler as status
from chalicelib.probes.api import ROUTES as PROBES
from chalicelib.stores import schedule as mornings
from chalicelib.stores.api import ROUTES as STORES

SLICES = (*ACCESS, *LEDGER, *STORES, *MESSAGES, *NOTICES, *AMENDS, *PROBES, outages.routes)
ROUTES = (*SLICES, front.routes_for(SLICES))

app = Chalice(app_name="dengta")
app.register_middleware(http.answer_problems, "http")
for routes in ROUTES:
    app.register_blueprint(routes)
for triggers in (
    stream.triggers,
    schedule.triggers,
    rounds.triggers,
    following.triggers,
    mornings.triggers,
    telling.triggers,
    amending.triggers,
    audit.triggers,
    standing.triggers,
    status.triggers,
    watching.triggers,
):
    app.register_blueprint(triggers)
