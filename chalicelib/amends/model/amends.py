"""One incident's amends: from finding whom it touched to the last one who was given something."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args
from zlib import crc32

import msgspec
from msgspec.structs import replace

from chalicelib.amends.model.gift import Gift, Giving
from chalicelib.amends.model.touched import REASONS, Because, Reason, Touched
from chalicelib.kernel.errors import Conflict, Text
from chalicelib.kernel.turns import Turn

# finding: by store and day · counting: by member · found · telling, giving: by member · given
Phase = Literal["finding", "counting", "found", "telling", "giving", "given"]
Work = Literal["finding", "counting", "telling", "giving"]
State = Literal["given", "already", "refused", "failed"]
STATES: tuple[State, ...] = get_args(State)
AFTER: Mapping[Work, Phase] = {
    "finding": "counting", "counting": "found", "telling": "found", "giving": "given",
}  # fmt: skip
SHARDS = 8  # how many jobs of one incident run side by side; never changed while one runs
KEPT = timedelta(days=430)
GIVEN_WITHIN = timedelta(days=90)
_FIRST_REST = timedelta(minutes=5)
_TRIED_FOR = timedelta(hours=24)
_MOST_NAMED = 20


class NotOver(Conflict):
    """Whom an incident touched is known once it is over."""

    code = "incident_not_over"
    title = Text("事件尚未结束", "The incident is not over")
    hint = Text(
        "请在发布“已解决”更新后再操作。", "Post the update that resolves it, then ask again."
    )


class TooLongAgo(Conflict):
    """What the search rests on is not kept for ever."""

    code = "too_long_ago"
    title = Text("事件结束已久，不能再补偿", "The incident was over too long ago to make amends")
    hint = Text("90 天内有效；个别会员请单独赠送。", "Within 90 days; later give one by one.")


class NotFoundYet(Conflict):
    """Those who are to be told must be found before; and before they are given something, for then they are told."""

    code = "not_found_yet"
    title = Text("请先查找受影响的会员", "Those whom it touched are not found yet")
    hint = Text(
        "请先 POST …/amends/preview，等 phase 为 found。补偿开始后，赠送消息会通知会员。",
        "POST …/amends/preview, and wait until its phase is found. Once amends have begun the gift tells them.",
    )


class NotPublic(Conflict):
    """Members are told of nothing that the status page holds back."""

    code = "incident_not_public"
    title = Text("事件尚未公开", "The incident is not public")
    hint = Text("请先公开该事件。", "Publish the incident first.")


class NotPreviewed(Conflict):
    """Nobody gives what they have not seen the number and the cost of."""

    code = "not_previewed"
    title = Text("请先预览人数和成本", "Look at the number and the cost first")
    hint = Text(
        "请先 POST …/amends/preview，等 phase 为 found，再用同样的内容提交。",
        "POST …/amends/preview, wait until its phase is found, and give the same.",
    )


class NotBegun(Conflict):
    """There is nothing to go on with."""

    code = "amends_not_begun"
    title = Text("补偿尚未开始", "Amends have not begun")
    hint = Text("请先预览，再 PUT …/amends。", "Preview them, then PUT …/amends.")


class AmendsBegun(Conflict):
    """An incident's amends are made once; `gift` is what is given."""

    code = "amends_begun"
    title = Text("该事件的补偿已经开始，不能更改", "Amends for this incident have begun")
    hint = Text("每个事件只补偿一次。", "They are made once, and not otherwise.")


class Counts(msgspec.Struct, frozen=True):
    """Members found, by reason, and what came of giving: by state, and why refused. A member may have reasons.

    `failed_ids` names some of those over whom something broke.
    """

    members: int = 0
    by_reason: dict[str, int] = {}
    by_state: dict[str, int] = {}
    refused_for: dict[str, int] = {}
    told: int = 0
    failed_ids: tuple[str, ...] = ()

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.members + other.members,
            _sum(self.by_reason, other.by_reason),
            _sum(self.by_state, other.by_state),
            _sum(self.refused_for, other.refused_for),
            self.told + other.told,
            (self.failed_ids + other.failed_ids)[:_MOST_NAMED],
        )

    @property
    def failed(self) -> int:
        return self.by_state.get("failed", 0)


class Amends(msgspec.Struct, frozen=True, kw_only=True):
    """`round` counts the searches, `told_at` is when somebody was first told; `counts` are whole once `found`, and with
    what was given once `given`. `resumed_at`: when somebody last said that it should go on with those who failed.
    """

    incident_id: str
    title: str
    touched: Touched
    gift: Gift
    phase: Phase
    round: int = 1
    asked_at: datetime
    found_at: datetime | None = None
    giving: Giving | None = None
    told_at: datetime | None = None
    begun_at: datetime | None = None
    resumed_at: datetime | None = None
    done_at: datetime | None = None
    counts: Counts = Counts()
    version: int = 1

    @property
    def begun(self) -> bool:
        return self.giving is not None


class Job(NamedTuple):
    """One shard's part; `cursor` is the last step, or the last member, that is done with."""

    incident_id: str
    shard: int
    round: int
    work: Work
    turn: Turn = "ready"
    cursor: str = ""
    passed: bool = False
    counts: Counts = Counts()
    version: int = 1


class Outcome(NamedTuple):
    """What came of giving to one member; `code` is why not."""

    state: State
    code: str = ""
    entry_id: str = ""


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """A member who was touched: the store at which it was seen first, and each reason."""

    member_id: str
    store_id: str
    because: dict[Reason, Because]
    outcome: Outcome | None = None


def counted(found: Affected) -> Counts:
    return Counts(1, {reason: 1 for reason in REASONS if reason in found.because})


def came_of(member_id: str, outcome: Outcome) -> Counts:
    why = {outcome.code: 1} if outcome.state == "refused" else {}
    failed_ids = (member_id,) if outcome.state == "failed" else ()
    return Counts(by_state={outcome.state: 1}, refused_for=why, failed_ids=failed_ids)


def rests_until(amends: Amends, now: datetime) -> datetime | None:
    """When those over whom something broke are tried again; None where it was tried long enough.

    It rests as long as it has been going on, so each rest is about twice the one before.
    """
    tried_for = now - (amends.resumed_at or amends.begun_at or now)
    return None if tried_for > _TRIED_FOR else now + max(_FIRST_REST, tried_for)


def resumed(amends: Amends, now: datetime) -> Amends:
    """To be gone through once more: who was given something has it, and is counted again."""
    found = replace(amends.counts, by_state={}, refused_for={}, failed_ids=())
    return replace(
        amends,
        phase="giving",
        counts=found,
        resumed_at=now,
        done_at=None,
        version=amends.version + 1,
    )


def order_name(incident_id: str, member_id: str) -> str:
    """Of the grant: who knows the incident and the member knows it."""
    return f"amends.{incident_id}.{member_id}"


def shard_of(name: str) -> int:
    return crc32(name.encode()) % SHARDS


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
