"""All that is deployed: every blueprint of every slice, and nothing else."""

from chalice.app import Chalice

from chalicelib.access import stream as audit
from chalicelib.adapters import http
from chalicelib.amends import stream as amending
from chalicelib.front import standing, watching
from chalicelib.front import stream as following
from chalicelib.front.rooms import ROUTES
from chalicelib.ledger import schedule as rounds
from chalicelib.messages import schedule, stream
from chalicelib.notices import stream as telling
from chalicelib.outages import handler as status
from chalicelib.stores import schedule as mornings

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
