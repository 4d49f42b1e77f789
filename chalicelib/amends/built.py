"""The real parts behind the edges, built once per container; what searches and gives is imported where it is built."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.access import service as access
from chalicelib.amends.service.amends import AmendsDesk
from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger, rules_of_the_minute
from chalicelib.outages.service import Desk

if TYPE_CHECKING:
    from chalicelib.amends.service.turns import Turns


@cache
def desk() -> AmendsDesk:
    return AmendsDesk(Desk().incident, rules_of_the_minute, clock.now)


def turns() -> "Turns":
    from chalicelib.amends.service.finding import Finding  # noqa: PLC0415
    from chalicelib.amends.service.turns import Turns  # noqa: PLC0415
    from chalicelib.messages.service.find import Finder  # noqa: PLC0415
    from chalicelib.stores import built as stores  # noqa: PLC0415

    finding = Finding(ledger(), Finder(ledger()), stores.queue(), clock.now)
    return Turns(finding, access.stores, clock.now)
