"""All that the site is made of, read once."""

from datetime import datetime

import msgspec

from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Snapshot, published

DAYS = 400


class Whole(msgspec.Struct, frozen=True):
    """Of the last days; `changes` oldest first. What is held back is in it too: `at` is the way through the gate."""

    page: Page
    incidents: tuple[Incident, ...]
    maintenances: tuple[Maintenance, ...]
    changes: tuple[BaselineChange, ...]

    def at(self, now: datetime) -> Snapshot:
        """Only what everybody may see."""
        return published(self.page, self.incidents, self.maintenances, now)
