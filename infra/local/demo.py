"""Demo data: a chain with two stores, their staff, fifty members, three months of spends, and one incident behind it.

python -m infra.local.demo, with the settings of a function in the environment; `make up` calls it. Every write has a
name of its own, so a run that was broken off is simply run again.
"""

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import track

from chalicelib.access import service as access
from chalicelib.access.model import Store
from chalicelib.adapters import secrets
from chalicelib.kernel import clock, stamp
from chalicelib.ledger.built import rules_of_the_minute
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.gifts import Grant
from chalicelib.ledger.model.posting import Posting
from chalicelib.ledger.model.refusals import BalanceTooLow
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import CardSale, TopUp
from chalicelib.ledger.service import Ledger
from chalicelib.members.model import PhoneTaken
from chalicelib.members.service import Members
from chalicelib.outages.service import Desk
from infra.local import demo_outages, demo_rules
from infra.local.places import Places, read_json, write_json
from infra.upstreams import wechat

BY = stamp.system("demo")
STORES = (Store("nanjing-lu", "灯塔咖啡 南京路店"), Store("west-lake", "灯塔咖啡 西湖店"))
STAFF = (("01", "1357", "cashier"), ("02", "2468", "store_manager"))
MEMBERS = 50
WITH_WECHAT = 20
DAYS = 90
MOST_SPENDS = 7
INCIDENT_AGO = timedelta(days=3)
NAMES = ["陈晨", "王芳", "李娜", "张伟", "刘洋", "杨帆", "赵敏", "黄磊", "周杰", "吴桐"]


@dataclass
class Demo:
    """Writes at a moment of its own choosing: the clock of the services is this object's `now`."""

    chance: random.Random = field(default_factory=lambda: random.Random(20261122))  # noqa: S311
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        """The services, on this demo's clock."""
        members = Members.of(secrets.keyring())
        self.members = Members(members.registry, members.code_key, self.clock)
        self.ledger = Ledger(self.members, rules_of_the_minute, self.clock)

    def clock(self) -> datetime:
        """The moment that the demo is at."""
        return self.now

    def stores(self) -> list[dict[str, Any]]:
        """Stores with a till's key and staff; keys cannot be told again, so each run issues new ones."""
        for store in STORES:
            access.save_store(store, BY)
        return [
            {
                "store_id": store.store_id,
                "name": store.name,
                "terminal_key": access.issue_terminal_key(store.store_id, "收银台 1", self.now, BY)[
                    1
                ],
                "staff": [self._staff(store, *each) for each in STAFF],
            }
            for store in STORES
        ]

    def _staff(self, store: Store, staff_no: str, pin: str, role: str) -> dict[str, str]:
        access.save_staff(
            store.store_id,
            staff_no,
            name=f"员工 {staff_no}",
            role=role,
            pin=pin,
            active=True,
            by=BY,
        )
        return {"staff_no": staff_no, "pin": pin, "role": role}

    def member(self, number: int, started: datetime) -> dict[str, str]:
        """A member registered at a counter; the first ones have bound that phone in WeChat too."""
        self.now = started + timedelta(days=self.chance.randrange(20))
        phone = f"199000{number:05d}"
        name = NAMES[number % len(NAMES)]
        try:
            consents = {"sms": number % 5 == 0, "email": False}
            member_id = self.members.register(phone, name, consents, BY).member_id
        except PhoneTaken as taken:
            member_id = taken.values["member_id"]
        code = f"demo-member{number:02d}"
        if number < WITH_WECHAT:
            own = self.members.log_in(wechat.demo_openid(code), BY)
            self.members.bind_phone(self.ledger.card(own).member, phone, self.ledger, BY)
        return {"member_id": member_id, "phone": phone, "wechat_code": f"{code}-1"}

    def spends(self, member_id: str, name: str, until: datetime) -> None:
        """A top-up, and some spends after it."""
        store = self.chance.choice(STORES)
        paid = Payment("wechat_pay", self.chance.choice([10_000, 20_000, 50_000]))
        self._post(
            member_id,
            TopUp(store=store, order_name=f"{name}-t", paid=paid),
        )
        times = range(self.chance.randrange(2, MOST_SPENDS + 1))
        for at, moment in zip(times, self._moments(until), strict=False):
            self.now = moment
            fen = self.chance.randrange(12, 60) * 100
            method = self.chance.choice(["balance", "balance", "wechat_pay", "alipay", "cash"])
            posting = spend(
                self.chance.choice(STORES),
                f"{name}-{at}",
                total_fen=fen,
                payments=[Payment(method, fen)],
            )
            self._post(member_id, posting)

    def gifts(self, member_id: str, name: str, number: int) -> None:
        """A coupon for every third member, a count card bought by every fifth."""
        store = self.chance.choice(STORES)
        if number % 3 == 0:
            self._post(member_id, Grant(store=store, order_name=f"{name}-c", coupon="ten-off"))
        if number % 5 == 0:
            sold = CardSale(
                store=store, order_name=f"{name}-k", count_card="latte-10", method="wechat_pay"
            )
            self._post(member_id, sold)

    def _post(self, member_id: str, posting: Posting) -> None:
        try:
            self.ledger.take(member_id, posting, posting.order_name, BY)
        except BalanceTooLow:
            return

    def _moments(self, until: datetime) -> Iterator[datetime]:
        """Later and later, in opening hours of Shanghai, and not beyond `until`."""
        moment = self.now
        while True:
            moment += timedelta(days=self.chance.randrange(1, 15))
            moment = moment.replace(
                hour=self.chance.randrange(1, 13), minute=self.chance.randrange(60)
            )
            if moment >= until:
                return
            yield moment


def main() -> int:
    """Write it all, and complete stack.json."""
    demo = Demo()
    until = demo.now
    started = until - timedelta(days=DAYS)
    places = Places(Path(os.environ["DENGTA_LOCAL_DIR"]))
    demo_rules.set_up(BY)
    stores = demo.stores()
    members = []
    for number in track(range(MEMBERS), description="Members and three months of spends"):
        member = demo.member(number, started)
        demo.spends(member["member_id"], f"demo-{number}", until)
        demo.gifts(member["member_id"], f"demo-{number}", number)
        members.append(member)
    demo_outages.publish(Desk(), until - INCIDENT_AGO, BY)
    operator_key = access.issue_operator_key("demo", ("owner",), until, BY)[1]
    found = {"operator_key": operator_key, "stores": stores, "members": members}
    write_json(places.stack_file, read_json(places.stack_file) | found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
