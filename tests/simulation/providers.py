"""Providers that remember what they accepted, and that hang, refuse or die as a seeded die says."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.kernel.clock import Clock
from tests.simulation.event_source import Killed

CALM: Mapping[str, float] = {}
STORM: Mapping[str, float] = {
    "killed_before": 0.05,
    "killed_after": 0.05,
    "hangs_after": 0.15,
    "hangs_before": 0.05,
    "unreachable": 0.1,
    "refused": 0.1,
}


@dataclass
class Die:
    """What happens at a call: a name out of `odds`, or nothing."""

    seed: int
    odds: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def roll(self) -> str | None:
        at = self._random.random()
        for name, share in self.odds.items():
            at -= share
            if at < 0:
                return name
        return None

    def spoil_before(self, fate: str | None, name: str) -> None:
        if fate == "killed_before":
            raise Killed
        if fate == "hangs_before":
            raise Unknown(name, "ReadTimeout")
        if fate == "unreachable":
            raise Unreachable(name, "NewConnectionError")
        if fate == "refused":
            raise Refused(name, "FailedOperation.PhoneNumberInBlacklist", "number")

    def spoil_after(self, fate: str | None, name: str) -> None:
        if fate == "killed_after":
            raise Killed
        if fate == "hangs_after":
            raise Unknown(name, "ReadTimeout")


@dataclass(frozen=True)
class FakeSent:
    serial_no: str


@dataclass(frozen=True)
class FakeReport:
    serial_no: str
    phone: str
    at: datetime
    reference: str = ""
    delivered: bool | None = True
    carrier_code: str = "DELIVRD"
    reported_at: datetime | None = None


@dataclass
class FakeSms:
    """`tells_reference` as where Tencent's support has switched that on; `silent` carriers report nothing."""

    clock: Clock
    die: Die = field(default_factory=lambda: Die(0))
    tells_reference: bool = False
    silent: bool = False
    accepted: Counter[str] = field(default_factory=Counter)
    reports: list[FakeReport] = field(default_factory=list)
    params: list[Sequence[str]] = field(default_factory=list)

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> FakeSent:
        assert template_id
        fate = self.die.roll()
        self.die.spoil_before(fate, "tencent")
        serial_no = f"2640:{len(self.params)}"
        self.params.append(params)
        self.accepted[message_of(reference)] += 1
        told = reference if self.tells_reference else ""
        self.reports.append(FakeReport(serial_no, phone, self.clock(), told))
        self.die.spoil_after(fate, "tencent")
        return FakeSent(serial_no)

    def find(self, phone: str, since: datetime, until: datetime) -> Sequence[FakeReport]:
        if self.silent:
            return []
        return [one for one in self.reports if one.phone == phone and since <= one.at <= until]


@dataclass
class FakeWeChat:
    """It is not told our reference; the amount, which tests make unique, says which message it was."""

    die: Die = field(default_factory=lambda: Die(0))
    quota: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)

    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None
    ) -> str | None:
        assert template_id
        assert page is None
        fate = self.die.roll()
        self.die.spoil_before(fate, "wechat")
        if self.quota[openid] <= 0:
            raise Refused("wechat", "43101", "quota")
        self.quota[openid] -= 1
        self.accepted[values["amount2"]] += 1
        self.die.spoil_after(fate, "wechat")
        return None


@dataclass
class FakeMail:
    die: Die = field(default_factory=lambda: Die(0))
    accepted: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def send(self, to: str, subject: str, text: str, message_id: str) -> None:
        assert "@" in to
        assert subject
        fate = self.die.roll()
        self.die.spoil_before(fate, "email")
        self.accepted[message_of(message_id)] += 1
        self.texts.append(text)
        self.die.spoil_after(fate, "email")


def message_of(reference: str) -> str:
    return reference.rpartition("-")[0]
