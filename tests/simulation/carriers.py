"""SMS providers with carriers behind them: what was taken has a fate; its receipt comes early, late, twice or never."""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.adapters.sms import BEIJING
from chalicelib.adapters.upstream import RefusalClass, Refused
from chalicelib.kernel.clock import Clock
from tests.simulation.providers import Die, FakeReport, FakeSent, message_of

Fate = Literal["delivered", "undelivered", "silent"]
FATES: Mapping[Fate, float] = {"delivered": 0.8, "undelivered": 0.12, "silent": 0.08}
WAYS = {"soon": 0.6, "early": 0.1, "late": 0.1, "lost": 0.1, "twice": 0.07, "contradicted": 0.03}
REFUSALS: Mapping[str, tuple[str, RefusalClass]] = {
    "says_frequency": ("LimitExceeded.PhoneNumberThirtySecondLimit", "frequency"),
    "says_template": ("FailedOperation.TemplateIncorrectOrUnapproved", "template"),
    "says_account": ("FailedOperation.InsufficientBalanceInSmsPackage", "account"),
}
JUNK = ("not an object", {"sid": 7}, {"biz_id": "1"})


@dataclass
class Taken:
    """One SMS that a provider took; `known_at` is when its carrier has said so."""

    reference: str
    serial_no: str
    phone: str
    at: datetime
    fate: Fate
    known_at: datetime


@dataclass
class SmsWithCarriers:
    """As the provider of that name: Aliyun gives our reference back and lists what waits, Tencent does neither.

    `early` is handed what is pushed before the send is answered.
    """

    name: str
    clock: Clock
    die: Die
    luck: random.Random
    early: Callable[[str, bytes], None]
    accepted: Counter[str] = field(default_factory=Counter)
    sent_to: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    taken_of: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    pushes: list[tuple[datetime, dict[str, object]]] = field(default_factory=list)

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> FakeSent:
        assert template_id, params
        trouble = self.die.roll()
        self.die.spoil_before(trouble, self.name)
        if trouble and trouble in REFUSALS:
            raise Refused(self.name, *REFUSALS[trouble])
        taken = self._take(phone, reference)
        self._report(taken)
        self.die.spoil_after(trouble, self.name)
        return FakeSent(taken.serial_no)

    def find(self, phone: str, since: datetime, until: datetime) -> Sequence[FakeReport]:
        return list(self._found(phone, since, until))

    def due(self) -> list[dict[str, object]]:
        """The receipts that are pushed now."""
        now = self.clock()
        due = [item for at, item in self.pushes if at <= now]
        self.pushes = [each for each in self.pushes if each[0] > now]
        return due

    def _take(self, phone: str, reference: str) -> Taken:
        fate = self.luck.choices(list(FATES), list(FATES.values()))[0]
        now = self.clock()
        known_at = now + timedelta(seconds=self.luck.choice([2, 10, 100, 1000]))
        serial_no = f"{self.name}:{self.accepted.total()}"
        taken = Taken(reference, serial_no, phone, now, fate, known_at)
        self.sent_to[phone].append(taken)
        self.taken_of[message_of(reference)].append(taken)
        self.accepted[message_of(reference)] += 1
        return taken

    def _report(self, taken: Taken) -> None:
        if taken.fate == "silent":
            return
        way = self.luck.choices(list(WAYS), list(WAYS.values()))[0]
        item = self._item(taken, delivered=taken.fate == "delivered")
        if way == "early":
            taken.known_at = taken.at
            self.early(self.name, json.dumps([item]).encode())
        elif way == "late":
            self.pushes.append((taken.at + timedelta(hours=self.luck.choice([2, 20, 71])), item))
        elif way != "lost":
            self.pushes.append((taken.known_at, item))
        if way == "twice":
            self.pushes.append((taken.known_at + timedelta(minutes=5), item))
        if way == "contradicted":
            other = self._item(taken, delivered=taken.fate != "delivered")
            self.pushes.append((taken.known_at + timedelta(minutes=30), other))

    def _item(self, taken: Taken, *, delivered: bool) -> dict[str, object]:
        at = f"{taken.known_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        if self.name == "aliyun":
            return {
                "phone_number": taken.phone, "success": delivered, "report_time": at,
                "err_code": "DELIVERED" if delivered else "MK:0010", "biz_id": taken.serial_no,
                "out_id": taken.reference, "sms_size": "1",
            }  # fmt: skip
        return {
            "mobile": taken.phone, "nationcode": "86", "sid": taken.serial_no,
            "report_status": "SUCCESS" if delivered else "FAIL", "user_receive_time": at,
            "errmsg": "DELIVRD" if delivered else "UNDELIV", "description": "",
        }  # fmt: skip

    def _found(self, phone: str, since: datetime, until: datetime) -> Iterator[FakeReport]:
        for one in self.sent_to[phone]:
            said = one.fate != "silent" and one.known_at <= self.clock()
            if not since <= one.at <= until:
                continue
            if self.name == "aliyun":
                outcome = one.fate == "delivered" if said else None
                yield FakeReport("", phone, one.at, one.reference, outcome, "")
            elif said:
                yield FakeReport(
                    one.serial_no, phone, one.at, "", one.fate == "delivered", "UNDELIV"
                )
