"""What the chain decides of its messages: the channels of each kind, when they are quiet, and how many are too many.

One document; who changes it names the version that was read.
"""

from collections import Counter
from typing import Annotated, Literal

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.errors import invalid
from chalicelib.messages.model.message import ChannelName, Kind

_MOST_LISTED = 20
TimeOfDay = Annotated[
    str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", examples=["22:00"])
]
Most = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Kinds = Annotated[tuple[Kind, ...], msgspec.Meta(min_length=1, max_length=_MOST_LISTED)]
Exempt = Annotated[tuple[Kind, ...], msgspec.Meta(max_length=_MOST_LISTED)]
Channels = Annotated[tuple[ChannelName, ...], msgspec.Meta(max_length=3)]
SomeChannels = Annotated[tuple[ChannelName, ...], msgspec.Meta(min_length=1, max_length=3)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Route(Strict, frozen=True):
    """The channels that these kinds take, each instead of the one before; with none they stay in the inbox.

    Beside them the message goes `also` over each of those at once, whatever becomes of the others.
    """

    kinds: Kinds
    channels: Channels
    also: Channels = ()


class QuietHours(Strict, frozen=True):
    """From `starts` until `ends` by the clock of `zone`, over midnight where it ends earlier than it starts."""

    channels: SomeChannels
    starts: TimeOfDay
    ends: TimeOfDay
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "Asia/Shanghai"
    exempt_kinds: Exempt = ()


class Limits(Strict, frozen=True):
    """The most messages, null for no limit; hours, days and ten minutes are those of the clock in `zone`.

    SMS to one phone in an hour and in a day; SMS of one store in ten minutes, to one phone and to all; messages to one
    member in a day over whatever channel. A message counts once for a channel, however often that is tried.
    """

    phone_an_hour: Most | None = 20
    phone_a_day: Most | None = 50
    member_a_day: Most | None = None
    store_phone_in_ten_minutes: Most | None = 10
    store_in_ten_minutes: Most | None = 600
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "Asia/Shanghai"


class Price(Strict, frozen=True):
    """What a provider charges for one part of an SMS, in thousandths of a yuan: 45 for 0.045 yuan."""

    provider: Literal["tencent", "aliyun"]
    part_milliyuan: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class MessageRules(Strict, frozen=True):
    """A kind in none of the `routes` takes every channel that is set up, in the deployment's order."""

    routes: Annotated[tuple[Route, ...], msgspec.Meta(max_length=_MOST_LISTED)] = ()
    quiet_hours: Annotated[tuple[QuietHours, ...], msgspec.Meta(max_length=_MOST_LISTED)] = ()
    limits: Limits = Limits()
    prices: Annotated[tuple[Price, ...], msgspec.Meta(max_length=2)] = ()

    def route_of(self, kind: Kind) -> Route | None:
        """None where the rules leave it to the deployment."""
        return next((route for route in self.routes if kind in route.kinds), None)

    def part_milliyuan(self, provider: str) -> int | None:
        """None where the chain has not said."""
        return next((one.part_milliyuan for one in self.prices if one.provider == provider), None)


def check(rules: MessageRules) -> None:
    """What no type says. Raises InvalidRequest."""
    routed = Counter(kind for route in rules.routes for kind in route.kinds)
    for number, route in enumerate(rules.routes):
        if any(routed[kind] > 1 for kind in route.kinds):
            raise invalid(
                f"/routes/{number}/kinds", "同一种消息只能出现一次", "a kind is named twice"
            )
        named = (*route.channels, *route.also)
        if len(set(named)) < len(named):
            where = "channels" if len(set(route.channels)) < len(route.channels) else "also"
            raise invalid(f"/routes/{number}/{where}", "渠道重复", "a channel is named twice")
    for number, quiet in enumerate(rules.quiet_hours):
        clock.check_zone(quiet.zone, f"/quiet_hours/{number}/zone")
        if quiet.starts == quiet.ends:
            raise invalid(
                f"/quiet_hours/{number}/ends",
                "结束时间不能等于开始时间",
                "it ends when it starts: leave a channel out of the routes instead",
            )
    clock.check_zone(rules.limits.zone, "/limits/zone")
    if len({price.provider for price in rules.prices}) < len(rules.prices):
        raise invalid("/prices", "同一服务商只能有一个单价", "a provider is named twice")
