"""How amends are shown to operators: figures, and members with their phones masked."""

from datetime import datetime

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.amends.model.amends import SHARDS, STATES, Affected, Phase, State
from chalicelib.amends.model.gift import Gift
from chalicelib.amends.model.touched import REASONS, Reason
from chalicelib.amends.service.amends import Progress


class FoundView(msgspec.Struct):
    """`members` were touched, each for one reason or more."""

    members: int
    by_reason: dict[Reason, int]


class CostView(msgspec.Struct):
    """The most that it can come to, by the chain's rules; null where they set no bound."""

    each_fen: int | None
    all_fen: int | None


class ResultView(msgspec.Struct):
    """`already`: as the one member that they have become with another; `failed`: something of ours broke over them, of
    whom some are named. They are tried again.
    """

    given: int
    already: int
    refused: int
    failed: int
    refused_for: dict[str, int]
    failed_member_ids: tuple[str, ...]


class AmendsView(msgspec.Struct):
    """`phase`: finding, counting, found, telling, giving, given; of `jobs` as many as `jobs_done` are done with theirs.

    An empty `store_ids` is every store; what is not `over` was looked at so far. `told` members have a message of it.
    """

    incident_id: str
    phase: Phase
    since: At
    until: At
    store_ids: tuple[str, ...]
    gift: Gift
    over: bool
    found: FoundView
    told: int
    cost: CostView
    result: ResultView
    jobs: int
    jobs_done: int
    reason: str | None
    found_at: At | None
    begun_at: At | None
    done_at: At | None


class BecauseView(msgspec.Struct):
    """`about` is the entry, the message or the held sale that says so, the first of it."""

    reason: Reason
    at: At
    store_id: str
    about: str


class AffectedView(msgspec.Struct):
    """`outcome` is null before something was given; `code` says why it was not."""

    member_id: str
    phone: str | None
    store_id: str
    reasons: list[BecauseView]
    outcome: State | None
    code: str | None
    entry_id: str | None


class AffectedList(msgspec.Struct):
    items: list[AffectedView]
    next_cursor: str | None


def amends_view(progress: Progress) -> AmendsView:
    amends, counts, each_fen = progress.amends, progress.counts, progress.each_fen
    states = {state: counts.by_state.get(state, 0) for state in STATES}
    return AmendsView(
        incident_id=amends.incident_id,
        phase=amends.phase,
        since=at(amends.touched.since),
        until=at(amends.touched.until),
        store_ids=amends.touched.store_ids,
        gift=amends.gift,
        over=amends.touched.over,
        told=counts.told,
        found=FoundView(
            counts.members, {reason: counts.by_reason.get(reason, 0) for reason in REASONS}
        ),
        cost=CostView(each_fen, None if each_fen is None else each_fen * counts.members),
        result=ResultView(
            **states, refused_for=dict(counts.refused_for), failed_member_ids=counts.failed_ids
        ),
        jobs=SHARDS,
        jobs_done=progress.jobs_done,
        reason=amends.giving.reason if amends.giving else None,
        found_at=_maybe(amends.found_at),
        begun_at=_maybe(amends.begun_at),
        done_at=_maybe(amends.done_at),
    )


def affected_view(one: Affected, phone: str | None) -> AffectedView:
    return AffectedView(
        member_id=one.member_id,
        phone=phone,
        store_id=one.store_id,
        reasons=[
            BecauseView(reason, at(because.at), because.store_id, because.about)
            for reason, because in one.because.items()
        ],
        outcome=one.outcome.state if one.outcome else None,
        code=(one.outcome.code or None) if one.outcome else None,
        entry_id=(one.outcome.entry_id or None) if one.outcome else None,
    )


def _maybe(moment: datetime | None) -> At | None:
    return at(moment) if moment else None
