"""What answers the API's calls in Lambda: it imports the routes of the call that comes, and not all of app.py.

So a container's first answer pays for one noun of one room, however many there are.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from chalice.app import Chalice

from chalicelib.adapters import http

CALLS = Path(__file__).with_name("calls.json")
"""Written into the package: by method and path, the module that has the route."""


def api(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    asked = event["requestContext"]
    app = _app(_modules().get(f"{asked['httpMethod']} {asked['resourcePath']}"))
    answer: dict[str, Any] = app(event, context)
    return answer


@cache
def _app(module: str | None) -> Chalice:
    """With the routes of that module; what no module has is answered as what is not there."""
    app = Chalice(app_name="dengta")
    app.register_middleware(http.answer_problems, "http")
    if module:
        app.register_blueprint(import_module(module).routes)
    return app


@cache
def _modules() -> dict[str, str]:
    return msgspec.json.decode(CALLS.read_bytes(), type=dict[str, str])
