"""What operators do: look at whom an incident touched and what a gift would cost, give it, and see how far it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import to_builtins
from msgspec.structs import replace

from chalicelib.amends.model.amends import (
    GIVEN_WITHIN,
    SHARDS,
    Affected,
    Amends,
    AmendsBegun,
    Counts,
    Job,
    NotBegun,
    NotFoundYet,
    NotOver,
    NotPreviewed,
    NotPublic,
    TooLongAgo,
    resumed,
    shard_of,
)
from chalicelib.amends.model.gift import Gift, Giving
from chalicelib.amends.model.touched import Touched, touched_by
from chalicelib.amends.table import affected
from chalicelib.amends.table import jobs as table
from chalicelib.amends.table.affected import Search
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Gone, NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.posting import NOWHERE, post
from chalicelib.ledger.model.refusals import NotOffered
from chalicelib.ledger.model.rules import Rules
from chalicelib.outages.model.incidents import Incident, visible
from chalicelib.outages.model.words import say

_TRIES = 5


class Progress(NamedTuple):
    """`counts` are those so far; `each_fen` is the most that one gift can cost, None where nothing bounds it."""

    amends: Amends
    counts: Counts
    jobs_done: int
    each_fen: int | None


class Page(NamedTuple):
    """`next` is the shard and the member after whom the list goes on."""

    found: Sequence[Affected]
    next: tuple[int, str] | None


@dataclass(frozen=True)
class AmendsDesk:
    incident: Callable[[str], Incident]
    rules: Callable[[], Rules]
    clock: Clock

    def preview(self, incident_id: str, gift: Gift, by: Stamp) -> Progress:
        """Begin to search, anew where that was done before; a search under way goes on.

        Raises NotFound, TooLongAgo, NotOffered, AmendsBegun, TryAgain.
        """
        incident = self.incident(incident_id)
        touched = self._touched(incident)
        self._check(gift)
        for _ in range(_TRIES):
            was = table.read(incident_id)
            if was and was.begun:
                raise AmendsBegun(gift=to_builtins(was.gift))
            if was and was.phase == "telling":
                raise TryAgain(retry_after_s=5)
            if was and was.phase in {"finding", "counting"} and was.touched.same(touched):
                new = replace(was, gift=gift, version=was.version + (was.gift != gift))
                kept = new == was or table.keep_head(new, was, self.clock(), by)
            else:
                new = self._searching(incident, touched, gift, was)
                kept = table.keep(new, was, "finding", self.clock(), by)
            if kept:
                return self._progress(new)
        raise TryAgain

    def give(self, incident_id: str, version: int | None, giving: Giving) -> tuple[Progress, bool]:
        """And whether this was a replay. `version` is that of the preview.

        Raises NotFound, NotOver, TooLongAgo, NotPreviewed, AmendsBegun, Gone, NotOffered, TryAgain.
        """
        for _ in range(_TRIES):
            was = table.read(incident_id)
            if was and was.giving:
                if was.giving[:2] != giving[:2]:
                    raise AmendsBegun(gift=to_builtins(was.gift))
                return self._progress(was), True
            touched = self._touched(self.incident(incident_id))
            if not touched.over:
                raise NotOver
            if was is None or was.phase != "found" or was.gift != giving.gift:
                raise NotPreviewed
            if was.touched != touched or version not in {None, was.version}:
                raise Gone
            self._check(giving.gift)
            new = replace(
                was, phase="giving", giving=giving, begun_at=self.clock(), version=was.version + 1
            )
            if table.keep(new, was, "giving", self.clock(), giving.by):
                return self._progress(new), False
        raise TryAgain

    def go_on(self, incident_id: str, by: Stamp) -> Progress:
        """Try those over whom something broke once more, now; nothing where there are none. Nobody is given twice.

        Raises NotFound, NotBegun, TryAgain.
        """
        for _ in range(_TRIES):
            was = self.progress(incident_id).amends
            if not was.begun:
                raise NotBegun
            if was.phase == "giving":
                self._wake(incident_id)
                return self._progress(was)
            if not was.counts.failed:
                return self._progress(was)
            new = resumed(was, self.clock())
            if table.keep(new, was, "giving", self.clock(), by):
                return self._progress(new)
        raise TryAgain

    def _wake(self, incident_id: str) -> None:
        for job in table.jobs(incident_id):
            if job.turn == "held" and not job.cursor and job.counts.failed:
                table.ring_again(job, self.clock())

    def tell(self, incident_id: str, by: Stamp) -> Progress:
        """Tell those who were found, each once, however often this is asked.

        Raises NotFound, NotPublic, NotFoundYet, TryAgain.
        """
        if not visible(self.incident(incident_id), self.clock()):
            raise NotPublic
        for _ in range(_TRIES):
            was = self.progress(incident_id).amends
            if was.phase == "telling":
                return self._progress(was)
            if was.phase != "found":
                raise NotFoundYet
            now = self.clock()
            told_at = was.told_at or now
            new = replace(was, phase="telling", told_at=told_at, version=was.version + 1)
            if table.keep(new, was, "telling", now, by):
                return self._progress(new)
        raise TryAgain

    def progress(self, incident_id: str) -> Progress:
        """Raises NotFound."""
        found = table.read(incident_id)
        if found is None:
            raise NotFound
        return self._progress(found)

    def affected(self, incident_id: str, after: tuple[int, str] | None, limit: int) -> Page:
        """Those who were found so far. Raises NotFound."""
        amends = self.progress(incident_id).amends
        search = Search(incident_id, amends.round)
        shard, last = after or (0, "")
        found: list[Affected] = []
        while shard < SHARDS:
            found += affected.page(search, shard, last, limit + 1 - len(found))
            if len(found) > limit:
                kept = found[:limit]
                last = kept[-1].member_id
                return Page(kept, (shard_of(last), last))
            shard, last = shard + 1, ""
        return Page(found, None)

    def _touched(self, incident: Incident) -> Touched:
        touched = touched_by(incident, self.clock())
        if self.clock() - touched.until > GIVEN_WITHIN:
            raise TooLongAgo
        return touched

    def _check(self, gift: Gift) -> None:
        """That it could be given to somebody. Raises NotOffered."""
        nobody = Account("0" * 26)
        post(nobody, gift.to(NOWHERE, "", ""), self.rules(), self.clock())

    def _searching(
        self, incident: Incident, touched: Touched, gift: Gift, was: Amends | None
    ) -> Amends:
        """When somebody was first told stays: it is in the names of the messages."""
        return Amends(
            incident_id=incident.id,
            title=say(incident.name, "zh-CN").text,
            told_at=was.told_at if was else None,
            touched=touched,
            gift=gift,
            phase="finding",
            round=was.round + 1 if was else 1,
            asked_at=self.clock(),
            version=was.version + 1 if was else 1,
        )

    def _progress(self, amends: Amends) -> Progress:
        """What jobs have counted so far comes on top of what is kept."""
        jobs: list[Job] = []
        if amends.phase not in {"found", "given"}:
            jobs = [
                job
                for job in table.jobs(amends.incident_id)
                if (job.round, job.work) == (amends.round, amends.phase)
            ]
        counts = replace(amends.counts, told=0) if amends.phase == "telling" else amends.counts
        for job in jobs:
            counts = counts.plus(job.counts)
        done = sum(job.turn == "done" for job in jobs) if jobs else SHARDS
        return Progress(amends, counts, done, self._each_fen(amends.gift))

    def _each_fen(self, gift: Gift) -> int | None:
        """None also where the chain offers it no more."""
        try:
            return gift.each_fen(self.rules())
        except NotOffered:
            return None
