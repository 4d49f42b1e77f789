"""All that is deployed: every blueprint of every slice, and nothing else."""

from chalice.app import Chalice

from chalicelib.access import api as access
from chalicelib.access import stream as audit
from chalicelib.adapters import http
from chalicelib.ledger.api import ROUTES as LEDGER
from chalicelib.messages import schedule, stream
from chalicelib.outages import api as outages

app = Chalice(app_name="dengta")
app.register_middleware(http.answer_problems, "http")
for routes in (access.routes, *LEDGER, outages.routes):
    app.register_blueprint(routes)
for triggers in (stream.triggers, schedule.triggers, audit.triggers):
    app.register_blueprint(triggers)
