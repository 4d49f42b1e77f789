"""What the chain decides of its probes: one document; who changes it names the version that was read."""

from collections import Counter
from datetime import timedelta
from typing import Annotated, Literal

import msgspec

from chalicelib.kernel.errors import invalid
from chalicelib.outages.model.asked import Body
from chalicelib.outages.model.asked.components import Outage
from chalicelib.probes.model.catalogue import NAMES, PROBES, Name, Probe
from chalicelib.probes.model.damping import Damping

_Few = Annotated[int, msgspec.Meta(ge=1, le=20)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Rule(Strict, frozen=True, kw_only=True):
    """What is left out is as the house sets it for this probe.

    A result fails where the part did not answer or where it took more than `threshold`, in the probe's unit. `fails` of
    the last `of` results turn the probe bad, `recovers` good ones in a row turn it good again; while it is bad, only
    what stays under `clear_percent` of the threshold is good. `moves_to` is what its component is set to. With
    `auto_publish` its incident is public at once, otherwise it waits as a draft for a person. After a recovery it runs
    each minute for `watch_hours`, with `watch_percent` of the threshold and one failure less. Name, text and severity
    of its incident are those of the incident template `template_id`, else the house's; `recovered` is said at its end.
    """

    probe: Name
    enabled: bool = True
    threshold: Annotated[int, msgspec.Meta(ge=1, le=86_400_000)] | None = None
    every_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    fails: _Few = 3
    of: _Few = 5
    recovers: _Few = 5
    clear_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 80
    moves_to: Outage | None = None
    auto_publish: bool = False
    on_recovery: Literal["monitoring", "resolved"] = "resolved"
    watch_hours: Annotated[int, msgspec.Meta(ge=0, le=72)] = 4
    watch_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 60
    template_id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$(?!\n)")] | None = (
        None
    )
    recovered: Body | None = None

    @property
    def of_house(self) -> Probe:
        return PROBES[self.probe]

    @property
    def status(self) -> Outage:
        return self.moves_to or self.of_house.moves_to

    @property
    def watch(self) -> timedelta:
        return timedelta(hours=self.watch_hours)

    def limit(self, *, bad: bool, watched: bool) -> int:
        """The most that is still good, as the probe stands."""
        whole = self.threshold or self.of_house.threshold
        percent = self.clear_percent if bad else self.watch_percent if watched else 100
        return max(1, whole * percent // 100)

    def damping(self, *, watched: bool) -> Damping:
        fails = max(1, self.fails - 1) if watched else self.fails
        return Damping(fails, self.of, self.recovers)

    def pause(self, *, bad: bool, watched: bool) -> timedelta:
        """How long it rests between two results; not at all while it is looked at closely."""
        minutes = 1 if bad or watched else self.every_minutes or self.of_house.every_minutes
        return timedelta(minutes=minutes)


class ProbeRules(Strict, frozen=True):
    """A probe that is not named is on, and as the house sets it."""

    rules: Annotated[tuple[Rule, ...], msgspec.Meta(max_length=len(NAMES))] = ()

    def of(self, name: Name) -> Rule:
        return next((each for each in self.rules if each.probe == name), Rule(probe=name))


def check(asked: ProbeRules) -> None:
    """What no type says. Raises InvalidRequest."""
    named = Counter(each.probe for each in asked.rules)
    for number, rule in enumerate(asked.rules):
        if named[rule.probe] > 1:
            raise invalid(
                f"/rules/{number}/probe", "同一探测只能出现一次", "a probe is named twice"
            )
        if rule.fails > rule.of:
            raise invalid(
                f"/rules/{number}/fails",
                "失败次数不能多于统计的次数 of",
                "of so many results no more can fail",
            )
        if rule.status == "operational":
            raise invalid(
                f"/rules/{number}/moves_to",
                "出问题时的状态不能是正常",
                "what is bad is not operational",
            )
