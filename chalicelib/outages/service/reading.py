"""What everybody reads of the status page."""

from datetime import timedelta

from chalicelib.outages import table
from chalicelib.outages.model.errors import StatusUnknown
from chalicelib.outages.model.snapshot import Snapshot, published
from chalicelib.outages.model.whole import DAYS, Whole
from chalicelib.outages.model.words import floor_id
from chalicelib.outages.service.base import Base

HISTORY_DAYS = 14
FEED_DAYS = 90
MOST_RECENT = 50


class Reading(Base, frozen=True):
    """Nothing here changes anything."""

    def now_shown(self) -> Snapshot:
        """What the roll-up, the components and the summary are made of: one request. Raises StatusUnknown."""
        return self._snapshot(table.now_shown())

    def with_history(self) -> Snapshot:
        """The same with the closed incidents of the last days: one request. Raises StatusUnknown."""
        since = self.clock() - timedelta(days=HISTORY_DAYS)
        return self._snapshot(table.shown_since(floor_id(since)))

    def most_recent(self) -> Snapshot:
        """Up to 50 incidents, open or closed: one request. Raises StatusUnknown."""
        return self._snapshot(table.most_recent(MOST_RECENT))

    def planned(self) -> Snapshot:
        """Now, with the most recent maintenances that are over: two requests. Raises StatusUnknown."""
        return self._snapshot(_with_over(table.now_shown()))

    def feed(self) -> Snapshot:
        """What a feed tells of: incidents of some months, and maintenances: two requests. Raises StatusUnknown."""
        since = self.clock() - timedelta(days=FEED_DAYS)
        return self._snapshot(_with_over(table.shown_since(floor_id(since))))

    def whole(self) -> Whole:
        """All that the site is made of. Raises StatusUnknown."""
        read = table.whole(self.clock() - timedelta(days=DAYS))
        if read is None:
            raise StatusUnknown
        return read

    def components(self) -> Snapshot:
        """For operators, who may see an empty page too."""
        read = table.now_shown(consistent=True)
        now = self.clock()
        return published(read.page or self.new_page(now), read.incidents, read.maintenances, now)

    def _snapshot(self, read: table.Read) -> Snapshot:
        if read.page is None:
            raise StatusUnknown
        shown = published(read.page, read.incidents, read.maintenances, self.clock())
        if not shown.tells_something:
            raise StatusUnknown
        return shown


def _with_over(read: table.Read) -> table.Read:
    over, _ = table.maintenances(over=True, limit=MOST_RECENT, after=None)
    return read._replace(maintenances=[*over, *read.maintenances])
