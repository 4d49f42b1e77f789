"""Writes the static site into its buckets, so that the page stands while all that it reports on is down.

In a bucket, `site/` is what the world reads; beside it and never served, `state.json` is what the site was made of.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

import msgspec

from chalicelib import config
from chalicelib.adapters import log
from chalicelib.adapters.objects import Bucket
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
_TRIES = 3
_CACHED = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
_log = log.logger("publishing")


class NotPublished(Exception):
    """A bucket could not be written; the log says why."""


class State(msgspec.Struct, frozen=True):
    """What the site in a bucket was made of, when, and under which keys: the SHA-256 of each file."""

    made_at: datetime
    whole: Whole
    site: Site
    hashes: dict[str, str]


class Publishing(msgspec.Struct, frozen=True):
    """`read` and `mark` are of the table: all that may be shown, and what changes whenever that does."""

    buckets: Sequence[Bucket]
    site: Site
    read: Callable[[datetime], Whole | None] = table.whole
    mark: Callable[[], object] = table.page
    clock: Clock = clock.now

    def run(self) -> None:
        """Until what was written is what is kept: of two runs at once the slower must not win with older news.

        Raises NotPublished, once every bucket was tried.
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
        """Into each bucket but those `without`, whatever becomes of the others. Raises NotPublished."""
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
            _write(bucket, made, State(now, whole, self.site, _hashes(made)))
        except Exception:  # noqa: BLE001 - whatever it is, the other bucket is written all the same
            _log.exception("bucket not written", extra={"bucket": bucket.name})
            return False
        return True


def _write(bucket: Bucket, made: Mapping[str, File], state: State) -> None:
    """What is new or differs: front pages last; then what is no more is taken away.

    Once an hour all of it: two runs at once, or one that was killed, may leave a file that is not as the state says.
    """
    before = kept(bucket)
    old = before.hashes if before else {}
    trusted = before is not None and _hour(before.made_at) == _hour(state.made_at)
    changed = [key for key in made if not trusted or old.get(key) != state.hashes[key]]
    for key in sorted(changed, key=lambda key: (key.endswith(LAST), key)):
        bucket.put(SITE + key, *made[key], _CACHED)
    for key in old.keys() - made.keys():
        bucket.delete(SITE + key)
    bucket.put(STATE, msgspec.json.encode(state), "application/json", "no-store")


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


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


def _hashes(made: Mapping[str, File]) -> dict[str, str]:
    return {key: hashlib.sha256(file.body).hexdigest() for key, file in made.items()}


@cache
def publishing() -> Publishing:
    settings = config.settings()
    names = (settings.status_bucket, settings.status_bucket_2)
    site = Site(settings.chain_name, settings.status_base_url)
    return Publishing([Bucket(name) for name in names if name], site)
