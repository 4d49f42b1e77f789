"""What members wrote to us by WeChat, for customer service: read it, mark it, and erase it with the member."""

from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages import care
from chalicelib.messages.care import Care, Mark

_TRIES = 3


def read(care_id: str, clock: Clock) -> Care:
    """Raises NotFound."""
    found = care.read(care_id, clock())
    if found is None:
        raise NotFound
    return found


def mark(care_id: str, mark: Mark, by: Stamp, clock: Clock) -> Care:
    """Who did so first stands; what is closed stays closed. Raises NotFound."""
    for _ in range(_TRIES):
        found = read(care_id, clock)
        if found.closed or (mark == "seen" and found.seen):
            return found
        if care.mark(found, mark, by, clock()):
            return read(care_id, clock)
    raise TryAgain
