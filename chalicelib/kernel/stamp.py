"""Who wrote a row: carried by every row that a caller's request writes, and read by the audit trail."""

import json
from typing import NamedTuple


class Stamp(NamedTuple):
    """`who` is an id (never a name), `origin` an address, `request_id` that of the answer."""

    who: str
    role: str
    origin: str
    request_id: str

    def text(self) -> str:
        return json.dumps(self._asdict(), separators=(",", ":"))


def system(name: str) -> Stamp:
    """A write that no caller asked for: a stream consumer, a schedule, the demo."""
    return Stamp(who=name, role="system", origin="", request_id="")
