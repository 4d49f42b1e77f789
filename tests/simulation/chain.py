"""A chain in one process on DynamoDB Local: entries in the book, the functions that tell of them, a clock to turn."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import botocore.session

from chalicelib.access.model import Store
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Transaction
from chalicelib.kernel import ids
from chalicelib.kernel.stamp import system
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.table import entries as ledger_entries
from chalicelib.ledger.table import orders as ledger_orders
from chalicelib.messages import quota, stream
from chalicelib.messages import table as message_table
from chalicelib.messages.channels import Mail, Sms, Subscribe
from chalicelib.messages.model.message import KINDS, NAMED, OF_NO_STORE, Kind, Message
from chalicelib.messages.raw import pushed_of
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.receipts import Receipts
from chalicelib.messages.service.sweep import Sweeper
from tests.simulation.event_source import EventSource, Killed, RawRecord, new_items, stream_of
from tests.simulation.providers import CALM, Die, FakeMail, FakeSms, FakeWeChat

TEMPLATES: Mapping[Kind, str] = {
    "spend": "template-spend",
    "top_up": "template-top_up",
    "refund": "template-refund",
    "void": "template-refund",
}
START = datetime(
    2026, 11, 22, 18, 0, tzinfo=UTC
)  # 02:00 in the store: the business day of the 22nd goes on
ALWAYS: Callable[[], bool] = lambda: True  # noqa: E731


class Person(NamedTuple):
    member_id: str
    phone: str | None = None
    openid: str | None = None
    email: str | None = None
    language: str = "zh-CN"
    consents: frozenset[str] = frozenset({"sms", "email"})


@dataclass
class Ticking:
    """A clock that a test turns, and that goes on by a millisecond each time it is read."""

    at: datetime = START

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Chain:
    """`people` by member id. Each chain has members and stores of its own, so that tests do not meet."""

    seed: int = 0
    odds: Mapping[str, float] = field(default_factory=lambda: CALM)
    clock: Ticking = field(default_factory=Ticking)
    people: dict[str, Person] = field(default_factory=dict)
    entries: list[EntryPosted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.store = Store(f"s-{ids.new(self.clock()).lower()[-10:]}", "灯塔南京路店")
        self.nowhere = Store(f"n-{self.store.store_id}", "")
        self.sms = FakeSms(self.clock, Die(self.seed + 1, self.odds))
        self.wechat = FakeWeChat(Die(self.seed + 2, self.odds))
        self.mail = FakeMail(Die(self.seed + 3, self.odds))
        self.deliveries = Deliveries(
            (
                Sms("tencent", self.sms, TEMPLATES, self.clock),
                Subscribe(self.wechat, TEMPLATES, holder),
                Mail(self.mail, frozenset(KINDS)),
            ),
            self.people.get,
            self.clock,
        )
        self.sweeper = Sweeper(
            lambda: [self.store],
            lambda: self.nowhere,
            booked_between,
            self.deliveries.go_on,
            self.clock,
        )

    def person(self, accepts: int = 0, **reached: Any) -> Person:  # noqa: ANN401
        """`accepts`: taps on "allow", known to WeChat and counted here."""
        made = Person(self.new_member_id(), **reached)
        self.people[made.member_id] = made
        if made.openid:
            self.wechat.quota[made.openid] = accepts
            for template in set(TEMPLATES.values()):
                for n in range(accepts):
                    quota.accept(
                        holder(made.openid), template, f"tap-{n}", self.clock(), system("test")
                    )
        return made

    def new_member_id(self) -> str:
        return ids.new(self.clock())

    def post(self, person: Person, kind: str = "spend") -> EntryPosted:
        """An entry as the ledger writes it, with an amount of its own."""
        now, number = self.clock(), len(self.entries) + 1
        store = self.nowhere if kind in OF_NO_STORE else self.store
        entry = EntryPosted(
            member_id=person.member_id,
            seq=number,
            kind=kind,
            delta_fen=-1000 - number,
            balance_after_fen=50_000,
            total_fen=1000 + number,
            bonus_fen=0,
            payments=(Payment("balance", 1000 + number),),
            booked_at=now,
            occurred_at=now,
            business_date=store.business_date(now).isoformat(),
            store_id=store.store_id,
            store_name=store.name,
            order_name=f"{kind}-{number}",
        )
        transaction = Transaction()
        by = system("test")
        ledger_entries.add_entry(transaction, entry, by)
        if kind in {*NAMED, "expiry_notice"}:
            order = Order(entry.store_id, kind, entry.order_name, "fingerprint", entry=entry)
            ledger_orders.add_order(transaction, order, entry, by)
        transaction.commit()
        self.entries.append(entry)
        return entry

    def announcing(self) -> EventSource:
        return EventSource(lambda event: stream.announce_batch(event, self.clock()))

    def delivering(self) -> EventSource:
        receipts = Receipts({}, self.clock)
        return EventSource(
            lambda event: stream.deliver_batch(
                event, self.deliveries.go_on, lambda image: receipts.take(pushed_of(image)), ALWAYS
            )
        )

    def sweep(self, minutes: int = 1, every: int = 1) -> None:
        """A run that is killed is over, the next one comes."""
        for _ in range(0, minutes, every):
            self.clock.turn(minutes=every)
            try:
                self.sweeper.run(ALWAYS)
            except Killed:
                continue

    def message(self, entry: EntryPosted) -> Message | None:
        return message_table.message(entry.message_id, consistent=True)

    def told(self, entry: EntryPosted) -> Message:
        found = self.message(entry)
        assert found is not None, entry.entry_id
        return found

    def messages_of(self, person: Person) -> list[Message]:
        page = message_table.page(person.member_id, 1000)
        return [message_table.message_of(image) for image in page.images]

    def records(self, table: str, prefix: str) -> list[RawRecord]:
        """What the stream of a table would bring of this chain's members."""
        all_of_it = list(stream_of(streams_client(), tables.table_name(table)))
        return [
            record
            for record in new_items(all_of_it, prefix)
            if record["dynamodb"]["Keys"]["pk"]["S"].removeprefix("M#") in self.people
        ]


def holder(openid: str) -> str:
    return f"hash-of-{openid}"


@contextmanager
def kills(seed: int, odds: float) -> Iterator[None]:
    """While inside, the process may die before or after any request to DynamoDB."""
    die = random.Random(seed)

    def perhaps(**_: object) -> None:
        if die.random() < odds:
            raise Killed

    events = tables.connection().client.meta.events
    for moment in ("before-call.dynamodb", "after-call.dynamodb"):
        events.register(moment, perhaps)
    try:
        yield
    finally:
        for moment in ("before-call.dynamodb", "after-call.dynamodb"):
            events.unregister(moment, perhaps)


def streams_client() -> Any:  # noqa: ANN401
    client = tables.connection().client
    return botocore.session.get_session().create_client(
        "dynamodbstreams",
        region_name="us-east-1",
        endpoint_url=client.meta.endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def booked_between(
    store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
) -> Sequence[EntryPosted]:
    images = ledger_orders.day_between(store_id, date, kind, bounds, limit)
    return [facts.decode(image) for image in images]
