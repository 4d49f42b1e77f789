"""Writes the static site into its buckets, so that the page stands while all that it reports on is down.

In a bucket, `site/` is what the world reads; beside it and never served, `state.json` is what the site was made of.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache

import msgspec

from chalicelib import config
from chalicelib.adapters import log
from chalicelib.adapters.objects import Bucket, mark_of
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.outages import journal, table
from chalicelib.outages.model.whole import DAYS, Whole
from chalicelib.outages.site import File, files
from chalicelib.outages.templates.statuspage import Site

PUBLISHED = "site published"  # an alarm counts these lines
SITE, STATE = "site/", "state.json"
LAST = "index.html"
HasTime = Callable[[], bool]
_TRIES = 3
_SIDE_BY_SIDE, _AT_ONCE = 8, 32
_CACHED = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
_log = log.logger("publishing")


class NotPublished(Exception):
    """A bucket could not be written; the log says why."""


class NoTimeLeft(Exception):
    """What is written stands, and the next run goes on from there."""


class State(msgspec.Struct, frozen=True):
    """What the site in a bucket was made of, and when."""

    made_at: datetime
    whole: Whole
    site: Site


def _always() -> bool:
    return True


class Publishing(msgspec.Struct, frozen=True):
    """`read` and `mark` are of the table: all that may be shown, and what changes whenever that does."""

    buckets: Sequence[Bucket]
    site: Site
    read: Callable[[datetime], Whole | None] = table.whole
    mark: Callable[[], object] = table.page
    clock: Clock = clock.now
    has_time: HasTime = _always

    def run(self) -> None:
        """Until what was written is what is kept: of two runs at once the slower must not win with older news.

        Raises NotPublished, once every bucket was tried, and NoTimeLeft.
        """
        unread = [each.name for each in self.buckets if not self._journal_taken(each)]
        for _ in range(_TRIES):
            mark, now = self.mark(), self.clock()
            whole = self.read(now - timedelta(days=DAYS))
            if whole is None:
                return
            self.write(whole, now, unread)
            if self.mark() == mark:
                return

    def _journal_taken(self, bucket: Bucket) -> bool:
        """Before the site is made of the table: what was written beside it must not vanish from the page.

        Raises TryAgain where the table cannot be reached.
        """
        try:
            taken = journal.take_in([bucket])
        except TryAgain:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the other bucket is written all the same
            _log.exception("journal not taken in", extra={"bucket": bucket.name})
            return False
        if taken:
            _log.info("journal taken in", extra={"entries": taken})
        return True

    def write(self, whole: Whole, now: datetime, without: Collection[str] = ()) -> None:
        """Into each bucket but those `without`, whatever becomes of the others. Raises NotPublished, NoTimeLeft."""
        made = files(whole, self.site, now)
        failed = [
            each.name
            for each in self.buckets
            if each.name in without or not self._written(each, made, whole, now)
        ]
        if failed:
            raise NotPublished(failed)
        _log.info(PUBLISHED, extra={"files": len(made), "buckets": len(self.buckets)})

    def _written(
        self, bucket: Bucket, made: Mapping[str, File], whole: Whole, now: datetime
    ) -> bool:
        try:
            _write(bucket, made, self.has_time)
            state = msgspec.json.encode(State(now, whole, self.site))
            bucket.put(STATE, state, "application/json", "no-store")
        except NoTimeLeft:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the other bucket is written all the same
            _log.exception("bucket not written", extra={"bucket": bucket.name})
            return False
        return True


def _write(bucket: Bucket, made: Mapping[str, File], has_time: HasTime) -> None:
    """What is not there yet as it should be: front pages last; then what is no part of the site is taken away.

    The bucket itself is asked what it holds, so that a run goes on where one was killed, and mends what two runs at
    once left behind. No file hangs on another one, so a page that is no more may go at once. Raises NoTimeLeft.
    """
    lying = bucket.marks(SITE)
    missing = [key for key, file in made.items() if lying.get(SITE + key) != mark_of(file.body)]
    front = {key for key in missing if key.endswith(LAST)}
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as writers:
        rest = [key for key in missing if key not in front]
        for some in (rest[at : at + _AT_ONCE] for at in range(0, len(rest), _AT_ONCE)):
            if not has_time():
                raise NoTimeLeft
            list(writers.map(lambda key: _put(bucket, key, made[key]), some))
    for key in sorted(front, key=lambda key: (-len(key), key)):
        _put(bucket, key, made[key])
    for key in lying.keys() - {SITE + key for key in made}:
        bucket.delete(key)


def _put(bucket: Bucket, key: str, file: File) -> None:
    bucket.put(SITE + key, file.body, file.content_type, _CACHED)


def kept(bucket: Bucket) -> State | None:
    """What was written there last; None where nothing was, or by a version that kept it otherwise."""
    body = bucket.get(STATE)
    if body is None:
        return None
    try:
        return msgspec.json.decode(body, type=State)
    except msgspec.MsgspecError:
        _log.warning("state unreadable", extra={"bucket": bucket.name})
        return None


@cache
def publishing() -> Publishing:
    settings = config.settings()
    names = (settings.status_bucket, settings.status_bucket_2)
    site = Site(settings.chain_name, settings.status_base_url, asks=settings.told_by)
    return Publishing([Bucket(name) for name in names if name], site)
