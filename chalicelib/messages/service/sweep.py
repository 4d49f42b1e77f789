"""Finding what no stream delivered: entries without a message, and messages that somebody has to look at again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.access.model import Store
from chalicelib.adapters import log
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import table, watermarks
from chalicelib.messages.model import course
from chalicelib.messages.model.message import OF_NO_STORE, OF_STORES, Kind, Message
from chalicelib.messages.service.announce import announce

SETTLED = timedelta(
    minutes=3
)  # a booking under way has committed by then, and the day's index has it
FIRST_LOOK_BACK = timedelta(hours=48)  # twice what a stream keeps
EACH_RUN = frozenset({"spend", "top_up", "refund"})
RARER_EVERY = timedelta(minutes=10)  # a request for each store and kind: the rarer kinds can wait
_WORTH_KEEPING = timedelta(hours=1)
_PAGE = 100
_LARGEST_PAGE = 1600
_log = log.logger("sweep")


class BookedBetween(Protocol):
    def __call__(
        self, store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
    ) -> Sequence[EntryPosted]:
        """Entries of a store's business day by the time they were booked, both bounds included, oldest first."""


class Task(NamedTuple):
    """One store's entries of one kind, from a watermark on."""

    store: Store
    kind: Kind
    since: datetime
    kept: datetime | None


@dataclass(frozen=True)
class Sweeper:
    """`go_on` delivers one message; `has_time` says whether this run may begin another piece of work.

    `chores` are what else a minute has to do, each bounded and told `has_time`.

    `nowhere` stands for a store where an entry belongs to none, with the chain's own day. `looked` is this container's
    memory of when it came to the rarer kinds; a new container looks at once.
    """

    stores: Callable[[], Sequence[Store]]
    nowhere: Callable[[], Store]
    booked_between: BookedBetween
    go_on: Callable[[Message], object]
    clock: Clock
    chores: Sequence[Callable[[Callable[[], bool]], object]] = ()
    looked: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def run(self, has_time: Callable[[], bool]) -> None:
        """Bounded, and to be called again: what one run does not reach, the next one does."""
        for chore in self.chores:
            _do(chore, has_time)
        for task in self._tasks():
            if not has_time():
                return
            began = self.clock()
            if self._announce_missed(task, has_time):
                self.looked[task.store.store_id, task.kind] = began
        self._take_up_due(has_time)

    def _tasks(self) -> list[Task]:
        """The longest unlooked-at first."""
        due = {(store.store_id, kind): store for store, kind in self._places()}
        seen = watermarks.read(list(due))
        never = self.clock() - FIRST_LOOK_BACK
        tasks = [
            Task(store, kind, seen.get((store_id, kind), never), seen.get((store_id, kind)))
            for (store_id, kind), store in due.items()
        ]
        return sorted(tasks, key=lambda task: task.since)

    def _places(self) -> Iterator[tuple[Store, Kind]]:
        """Where entries may lie that this run should look at."""
        places = [(store, kind) for store in self.stores() for kind in OF_STORES]
        for store, kind in places + [(self.nowhere(), kind) for kind in OF_NO_STORE]:
            looked = self.looked.get((store.store_id, kind))
            if looked is None or kind in EACH_RUN or self.clock() - looked >= RARER_EVERY:
                yield store, kind

    def _announce_missed(self, task: Task, has_time: Callable[[], bool]) -> bool:
        """Whether all was looked at. The watermark moves only past entries that have their message, page by page."""
        until = self.clock() - SETTLED
        since, kept = task.since, task.kept
        for business_date in task.store.days(since, until):
            for page in self._pages(task, business_date, (since, until)):
                self._announce(page)
                since = page[-1].booked_at
                if since != kept:
                    watermarks.move(task.store.store_id, task.kind, since)
                    kept = since
                if not has_time():
                    return False
        if kept is None or until - kept > _WORTH_KEEPING:
            watermarks.move(task.store.store_id, task.kind, until)
        return True

    def _pages(
        self, task: Task, business_date: date, bounds: tuple[datetime, datetime]
    ) -> Iterator[Sequence[EntryPosted]]:
        """A page begins with the moment at which the one before ended, as several entries may share it."""
        since, until = bounds
        limit = _PAGE
        while True:
            page = self.booked_between(
                task.store.store_id,
                business_date.isoformat(),
                task.kind,
                (clock.text(since), clock.text(until)),
                limit,
            )
            if page:
                yield page
            if len(page) < limit:
                return
            stuck = page[-1].booked_at == since
            limit = min(limit * 2, _LARGEST_PAGE) if stuck else _PAGE
            since = page[-1].booked_at

    def _announce(self, entries: Sequence[EntryPosted]) -> None:
        absent = table.missing([entry.message_id for entry in entries])
        missed = [entry for entry in entries if entry.message_id in absent]
        if missed:
            _log.warning("entries without a message", extra={"count": len(missed)})
            announce(missed, self.clock())

    def _take_up_due(self, has_time: Callable[[], bool]) -> None:
        """A page of each shard in turn, as many waited for the same moment where a provider was down.

        Each minute begins with another shard, so that a slow provider starves none of them.
        """
        first = int(self.clock().timestamp()) // 60
        shards = [(first + number) % table.DUE_SHARDS for number in range(table.DUE_SHARDS)]
        seen: set[str] = set()
        while shards:
            shards = [shard for shard in shards if self._take_up_page(shard, seen, has_time)]

    def _take_up_page(self, shard: int, seen: set[str], has_time: Callable[[], bool]) -> bool:
        """Whether there may be more: not where the page brought nothing new, as the index may lag behind."""
        page = table.due(shard, self.clock(), _PAGE)
        new = [message for message in page if message.message_id not in seen]
        for message in new:
            if not has_time():
                return False
            seen.add(message.message_id)
            self._take_up(message)
        return bool(new) and len(page) == _PAGE

    def _take_up(self, message: Message) -> None:
        """One message that breaks something does not keep the others waiting."""
        try:
            self.go_on(message)
        except Exception:  # noqa: BLE001
            _log.exception("message failed", extra={"message_id": message.message_id})
            table.replace(message, course.postponed(message, self.clock()))


def _do(chore: Callable[[Callable[[], bool]], object], has_time: Callable[[], bool]) -> None:
    """One that breaks does not keep the messages waiting."""
    try:
        chore(has_time)
    except Exception:  # noqa: BLE001
        _log.exception("chore failed")
