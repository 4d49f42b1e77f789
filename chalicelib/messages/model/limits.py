"""How many messages are too many: the counters that one raises, and what each may come to."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.messages.model.rules import Limits

LIMITED = frozenset({"phone_limit", "member_limit", "store_limit"})
REACHED = "limit reached"  # said in the log where one bites, for an alarm
_KEPT = timedelta(days=2)  # past the end of any window


class Receiver(NamedTuple):
    """`phone` is a keyed hash."""

    member_id: str
    phone: str


class Count(NamedTuple):
    """One counter of a row. `reason` is why a message is left that would raise it above `most`."""

    name: str
    most: int
    reason: str


class Cap(NamedTuple):
    """Counters that lie in one row, so that a message writes few of them."""

    holder: str
    window: str
    counts: tuple[Count, ...]
    expires_at: datetime

    def why_full(self, counted: Mapping[str, int]) -> str | None:
        return next(
            (one.reason for one in self.counts if counted.get(one.name, 0) >= one.most), None
        )


def caps(
    limits: Limits, message: Message, channel: ChannelName, to: Receiver, now: datetime
) -> tuple[Cap, ...]:
    """Those that an attempt over this channel raises; none again where the message tried the channel before."""
    tried = {one.channel for one in message.lately.attempts}
    made = []
    if channel == "sms" and channel not in tried:
        made += [_of_phone(limits, message, to, now), _of_store(limits, message, now)]
    if not tried:
        made.append(_of_member(limits, to, now))
    return tuple(cap for cap in made if cap.counts)


def _of_phone(limits: Limits, message: Message, to: Receiver, now: datetime) -> Cap:
    """One row a day, also for what comes from single stores: a message is for one phone."""
    read = now.astimezone(clock.zone(limits.zone))
    counts = [
        _count("day", limits.phone_a_day, "phone_limit"),
        _count(f"h{read:%H}", limits.phone_an_hour, "phone_limit"),
    ]
    if store_id := message.facts.store_id:
        name = f"{store_id}_{_ten_minutes(read)}"
        counts.append(_count(name, limits.store_phone_in_ten_minutes, "store_limit"))
    return _cap(f"PHONE#{to.phone}", f"DAY#{read:%Y-%m-%d}", counts, now)


def _of_member(limits: Limits, to: Receiver, now: datetime) -> Cap:
    read = now.astimezone(clock.zone(limits.zone))
    count = _count("day", limits.member_a_day, "member_limit")
    return _cap(f"MEMBER#{to.member_id}", f"DAY#{read:%Y-%m-%d}", [count], now)


def _of_store(limits: Limits, message: Message, now: datetime) -> Cap:
    read = now.astimezone(clock.zone(limits.zone))
    most = limits.store_in_ten_minutes if message.facts.store_id else None
    window = f"TEN#{read:%Y-%m-%d}T{_ten_minutes(read)}"
    return _cap(
        f"STORE#{message.facts.store_id}", window, [_count("all", most, "store_limit")], now
    )


def _ten_minutes(read: datetime) -> str:
    return f"{read:%H}{read.minute // 10}0"


def _count(name: str, most: int | None, reason: str) -> Count | None:
    return None if most is None else Count(name, most, reason)


def _cap(holder: str, window: str, counts: list[Count | None], now: datetime) -> Cap:
    return Cap(f"LIMIT#{holder}", window, tuple(one for one in counts if one), now + _KEPT)
