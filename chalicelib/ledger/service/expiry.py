"""The hour's round: what has ended leaves its account, what is about to is announced."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import msgspec

from chalicelib.adapters import log
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.kernel.stamp import system
from chalicelib.ledger.model.expiry import next_look, notices
from chalicelib.ledger.service.ledger import Ledger
from chalicelib.ledger.table import dues
from chalicelib.ledger.table.dues import Due

_FIRST_LOOK_BACK = timedelta(days=31)
_BY = system("expiry")
_log = log.logger("expiry")


class Expiring(msgspec.Struct, frozen=True):
    ledger: Ledger

    def run(self, has_time: Callable[[], bool]) -> int:
        """How many members were looked at. To be called again: what one run does not reach, the next one does."""
        looked_at = 0
        today = self.ledger.rules().today(self.ledger.clock())
        all_done = True
        done = dues.done() or today - _FIRST_LOOK_BACK
        for day in clock.days(done + timedelta(days=1), today):
            for due in _of_day(day):
                if not has_time():
                    return looked_at
                all_done &= self._look(due)
                looked_at += 1
            if all_done and day < today:
                dues.keep_done(day, _BY)
        return looked_at

    def _look(self, due: Due) -> bool:
        """A member who breaks something keeps nobody else waiting; the row stays, and they are looked at again."""
        try:
            following = self.look_at(due.member_id)
        except Exception:  # noqa: BLE001
            _log.exception("expiry failed", extra={"member_id": due.member_id})
            return False
        if following != due.day:
            dues.drop_due(due)
        return True

    def look_at(self, member_id: str) -> date | None:
        """The day on which somebody has to look again, kept already. Doing it again changes nothing: what left is gone,
        and a notice has a name.
        """
        self.ledger.expire(member_id, _BY)
        try:
            account = self.ledger.card(member_id, consistent=True).account
        except NotFound:
            return None
        rules, now = self.ledger.rules(), self.ledger.clock()
        for notice in notices(account, rules, now):
            try:
                self.ledger.take(account.member_id, notice, notice.order_name, _BY)
            except Refused:
                continue
        day = next_look((one.lot for one in account.holdings), rules, now, told=True)
        if day:
            dues.keep_due(account.member_id, day, _BY)
        return day


def _of_day(day: date) -> Iterator[Due]:
    for shard in range(dues.SHARDS):
        after: Image | None = None
        while True:
            page = dues.dues(day, shard, after)
            yield from map(dues.due_of, page.images)
            after = page.last
            if after is None:
                break
