"""The status room's own HTTP function: it serves these routes where nothing else of the house is left.

Lambda imports this module and nothing of app.py, which holds the same routes for tests and for the document.
"""

from functools import cache
from typing import Any

from chalice.app import Blueprint, Chalice

from chalicelib.adapters import http
from chalicelib.outages.api import routes

triggers = Blueprint(__name__)


@triggers.lambda_function()
def status_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    answer: dict[str, Any] = _app()(event, context)
    return answer


@cache
def _app() -> Chalice:
    """Made when it is called: a blueprint answers for the app that registered it last."""
    app = Chalice(app_name="status")
    app.register_middleware(http.answer_problems, "http")
    app.register_blueprint(routes)
    return app
