"""Which module has the route of a call: the API's function imports that one and no other."""

import json
from pathlib import Path

from chalicelib.front import handler, rooms
from infra.paths import ROOT


def modules() -> dict[str, str]:
    """By method and path. The status page's are not among them: another function serves those."""
    declared = [one for each in rooms.ROUTES if each is not rooms.STATUS for one in each.endpoints]
    return {f"{one.method} {one.path}": one.view.__module__ for one in declared}


def write(package: Path) -> None:
    """Into an unpacked package."""
    place = package / handler.CALLS.relative_to(ROOT)
    place.write_text(json.dumps(modules(), indent=0) + "\n")
