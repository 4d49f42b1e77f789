"""All that is deployed: every blueprint of every slice, and nothing else."""

from chalice.app import Chalice

from chalicelib.access import api as access
from chalicelib.adapters import http
from chalicelib.ledger.api import ROUTES as LEDGER

app = Chalice(app_name="dengta")
app.register_middleware(http.answer_problems, "http")
for blueprint in (access.routes, *LEDGER):
    app.register_blueprint(blueprint)
