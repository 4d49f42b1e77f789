"""The function of the API imports what a call is for and no more, and answers as the whole app does.

In processes of their own: a container has answered nothing yet, and a blueprint belongs to one app at a time.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from infra.packing import calls
from tests.house import KEYRING, House

CONTAINER = """
import json, sys
from pathlib import Path
from chalicelib.adapters import secrets
from chalicelib.front import handler
secrets.know({"/test/keyring": sys.argv[3]})
handler.CALLS = Path(sys.argv[1])
statuses = [handler.api(event, None)["statusCode"] for event in json.loads(sys.argv[2])]
rooms = {name.split(".")[1] for name in sys.modules if name.startswith("chalicelib.") and ".api." in name}
print(json.dumps([statuses, sorted(rooms)]))
"""
LOOK_UP = ("POST", "/v1/members/lookup", '{"card_no": "1"}')
STORES = ("GET", "/v1/stores", None)
HEALTH, DOCUMENT = ("GET", "/healthz", None), ("GET", "/openapi.json", None)


def answered(tmp_path: Path, *events: dict[str, Any]) -> tuple[list[int], list[str]]:
    """By a new container: the statuses, and the rooms whose routes it imported."""
    known = tmp_path / "calls.json"
    known.write_text(json.dumps(calls.modules()))
    ran = subprocess.run(
        [sys.executable, "-c", CONTAINER, str(known), json.dumps(events), KEYRING],
        env=dict(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    *_, last = ran.stdout.splitlines()  # after what is logged
    statuses, rooms = json.loads(last)
    return statuses, rooms


def test_every_call_leads_to_the_one_module_that_declares_it() -> None:
    owners: dict[int, set[str]] = {}
    for call, module in calls.modules().items():
        routes = import_module(module).routes
        assert call in {f"{one.method} {one.path}" for one in routes.endpoints}
        owners.setdefault(id(routes), set()).add(module)
    assert {len(each) for each in owners.values()} == {1}, "or it would be registered twice"


def test_the_first_call_of_a_container_imports_one_room(house: House, tmp_path: Path) -> None:
    event = house.till.event(*LOOK_UP, {})
    assert answered(tmp_path, event) == ([200], ["ledger"])


def test_it_answers_as_the_whole_app_does_whatever_comes_after_what(
    house: House, tmp_path: Path
) -> None:
    asked = [LOOK_UP, STORES, HEALTH, DOCUMENT, LOOK_UP, STORES]
    statuses, _ = answered(tmp_path, *(house.till.event(*each, {}) for each in asked))
    assert statuses == [house.till.send(*each).status for each in asked]
