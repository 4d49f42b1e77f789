"""What operators do to the status page, and what everybody reads of it."""

from chalicelib.outages.service.clockwork import Clockwork
from chalicelib.outages.service.components import Components
from chalicelib.outages.service.maintenances import Maintenances
from chalicelib.outages.service.reading import HISTORY_DAYS, Reading
from chalicelib.outages.service.stores import Stores
from chalicelib.outages.service.templates import Templates

__all__ = ["HISTORY_DAYS", "Desk"]


class Desk(Reading, Components, Templates, Maintenances, Stores, Clockwork, frozen=True):
    """All the use cases."""
