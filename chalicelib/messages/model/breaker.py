"""A provider's breaker: shut after failures, tried again by one message at a time, closed by the first that passes.

As with a fuse, `closed` lets everything through and `open` nothing.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.messages.model.course import Outcome

IN_A_ROW = 5  # failures in one container, with nothing that went well between
PAUSES_S = (30, 60, 120, 300, 600)
PROBE_TAKES = timedelta(
    seconds=60
)  # longer than a call: who claimed the probe is gone when it ends
HAND_LOOK = timedelta(minutes=10)  # nobody knows when a person closes what a person opened

NAMES = {  # as staff call them
    "tencent": "腾讯云短信",
    "aliyun": "阿里云短信",
    "wechat": "微信订阅消息",
    "smtp": "邮件",
}

State = Literal["closed", "open", "half_open"]
Sign = Literal["well", "failed", "fatal"]


class Breaker(msgspec.Struct, frozen=True, omit_defaults=True):
    """`until` is when an open one is tried again, or when the probe of a half-open one is taken for lost.

    `openings` counts those since something went well, and sets the pause. `by_hand`: only a person closes it again.
    `version` counts the changes; 0 is one that was never written.
    """

    state: State = "closed"
    version: int = 0
    since: datetime | None = None
    until: datetime | None = None
    openings: int = 0
    why: str | None = None
    by_hand: bool = False


CLOSED = Breaker()


def sign_of(outcome: Outcome) -> Sign:
    """What an outcome says of the provider itself: that it said no to a number or a template shows that it works."""
    if outcome.kind in {"account", "origin"}:
        return "fatal"
    if outcome.state in {"unreachable", "unknown"} or outcome.kind == "other":
        return "failed"
    return "well"


def word_of(outcome: Outcome) -> str:
    """`account: FailedOperation.InsufficientBalanceInSmsPackage`, `unknown: timed_out`."""
    return f"{outcome.kind or outcome.state}: {outcome.code}"


def may_be_probed(breaker: Breaker, now: datetime) -> bool:
    return breaker.until is not None and breaker.until <= now


def shut_until(breaker: Breaker, now: datetime) -> datetime | None:
    """When it is worth coming again; None where it lets through."""
    if breaker.state == "closed":
        return None
    return breaker.until or now + HAND_LOOK


def probed(breaker: Breaker, now: datetime) -> Breaker:
    """Somebody tries it with one message."""
    return _changed(breaker, state="half_open", until=now + PROBE_TAKES)


def opened(breaker: Breaker, why: str, now: datetime) -> Breaker:
    """Each time for longer, until something goes well."""
    pause_s = PAUSES_S[min(breaker.openings, len(PAUSES_S) - 1)]
    return _changed(
        breaker,
        state="open",
        since=breaker.since if breaker.openings else now,
        until=now + timedelta(seconds=pause_s),
        openings=breaker.openings + 1,
        why=why,
        by_hand=False,
    )


def released(breaker: Breaker, now: datetime) -> Breaker:
    """Whoever had the probe made no call: it is free again."""
    return _changed(breaker, state="open", until=now)


def closed(breaker: Breaker, now: datetime) -> Breaker:
    return Breaker(version=breaker.version + 1, since=now)


def switched(
    breaker: Breaker, state: Literal["closed", "open"], why: str, now: datetime
) -> Breaker:
    """By a person; one that is opened so stays open until a person closes it."""
    version = breaker.version + 1
    if state == "closed":
        return Breaker(version=version, since=now, why=why, by_hand=True)
    return Breaker("open", version, now, why=why, by_hand=True)


def _changed(breaker: Breaker, **changes: object) -> Breaker:
    return msgspec.structs.replace(breaker, version=breaker.version + 1, **changes)
