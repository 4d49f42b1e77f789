"""Limits at the moment of sending: what bites, where the message goes then, and that no two containers both pass."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters import tables
from chalicelib.kernel import clock, ids
from chalicelib.ledger.built import ledger
from chalicelib.messages import table
from chalicelib.messages.channels import Mail, Sms
from chalicelib.messages.model import limits
from chalicelib.messages.model.choice import Contact, Offer
from chalicelib.messages.model.limits import Cap, Receiver
from chalicelib.messages.model.message import KINDS, Message
from chalicelib.messages.model.resend import resent
from chalicelib.messages.model.rules import Limits
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from tests.house import House
from tests.simulation.chain import TEMPLATES, Person, Ticking
from tests.simulation.providers import FakeMail, FakeSms
from tests.unit.messages.builders import facts

NONE = Limits(None, None, None, None, None)
_numbers = itertools.count(1)


@dataclass
class Shop:
    """One store, and members who come by; the clock stands well inside each window."""

    rules: Limits
    clock: Ticking = field(default_factory=lambda: Ticking(clock.parse("2026-11-22T06:05:00Z")))
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store_id = f"s{next(_numbers)}"
        self.sms, self.mail = FakeSms(self.clock), FakeMail()

    def container(self) -> Deliveries:
        channels = (
            Sms("tencent", self.sms, TEMPLATES, self.clock),
            Mail(self.mail, frozenset(KINDS)),
        )
        return Deliveries(channels, self.people.get, self.clock, caps=self.caps)

    def caps(self, offer: Offer, message: Message, contact: Contact, now: Any) -> tuple[Cap, ...]:  # noqa: ANN401
        to = Receiver(contact.member_id, f"hash of {contact.phone}")
        return limits.caps(self.rules, message, offer.channel, to, now)

    def person(self, **reached: Any) -> Person:  # noqa: ANN401
        made = Person(ids.new(self.clock()), **{"phone": f"138{next(_numbers):08d}", **reached})
        self.people[made.member_id] = made
        return made

    def told(self, person: Person) -> Message:
        return self.go_on(self.message(person))

    def go_on(self, message: Message) -> Message:
        return self.container().go_on(message)

    def message(self, person: Person) -> Message:
        now = self.clock()
        entry_id = f"{person.member_id}-{next(_numbers)}"
        about = facts(entry_id=entry_id, store_id=self.store_id, booked_at=now)
        made = Message(f"{person.member_id}-{ids.new(now)}", person.member_id, about, now, now)
        table.add([made])
        return made


@pytest.fixture(autouse=True)
def _tables(house: House) -> None:
    assert house


def reasons(message: Message) -> list[tuple[str, str]]:
    return [(one.channel, one.reason) for one in message.decisions if one.reason != "not_set_up"]


def test_up_to_the_limit_of_a_phone_all_are_sent_and_above_it_the_inbox_has_it() -> None:
    shop = Shop(replace(NONE, phone_an_hour=3))
    person = shop.person()
    states = [shop.told(person).state for _ in range(3)]
    assert states == ["sent"] * 3
    above = shop.told(person)
    assert above.state == "inbox"
    assert ("sms", "phone_limit") in reasons(above)
    assert sum(shop.sms.accepted.values()) == 3
    assert shop.told(shop.person()).state == "sent", "another phone is not concerned"
    shop.clock.turn(hours=1)
    assert shop.told(person).state == "sent", "nor is the next hour"


def test_above_a_limit_the_next_channel_is_taken_at_once() -> None:
    shop = Shop(replace(NONE, phone_a_day=1))
    person = shop.person(email="a@example.com")
    assert shop.told(person).channel == "sms"
    second = shop.told(person)
    assert (second.state, second.channel) == ("sent", "email")
    assert reasons(second) == [("sms", "phone_limit")]


def test_the_limit_of_a_member_is_for_all_channels_together() -> None:
    shop = Shop(replace(NONE, member_a_day=2))
    person = shop.person(email="a@example.com")
    assert [shop.told(person).state for _ in range(3)] == ["sent", "sent", "inbox"]
    assert shop.mail.accepted.total() == 0


def test_a_store_bombs_neither_one_phone_nor_many() -> None:
    shop = Shop(replace(NONE, store_phone_in_ten_minutes=2, store_in_ten_minutes=4))
    victim = shop.person()
    told = [shop.told(victim) for _ in range(3)]
    assert [one.state for one in told] == ["sent", "sent", "inbox"]
    assert ("sms", "store_limit") in reasons(told[-1])
    many = [shop.told(shop.person()) for _ in range(3)]
    assert [one.state for one in many] == ["sent", "sent", "inbox"], (
        "what was left out is not counted"
    )
    shop.clock.turn(minutes=10)
    assert shop.told(victim).state == "sent"


def test_of_two_containers_at_the_limit_one_sends() -> None:
    for _ in range(5):
        shop = Shop(replace(NONE, phone_an_hour=3))
        person = shop.person(email="a@example.com")
        for _ in range(2):
            shop.told(person)
        messages = [shop.message(person) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(shop.go_on, messages))
        assert sorted(str(one.channel) for one in told) == ["email", "sms"]
        assert shop.sms.accepted.total() == 3


def test_a_message_that_two_containers_have_counts_once() -> None:
    shop = Shop(replace(NONE, phone_a_day=5))
    person = shop.person()
    made = shop.message(person)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(shop.go_on, [made, made]))
    row = tables.get("messages", (f"LIMIT#PHONE#hash of {person.phone}", "DAY#2026-11-22"))
    assert row is not None
    assert row["day"]["N"] == "1"
    assert shop.sms.accepted.total() == 1


def test_staff_are_told_once_when_a_limit_bites(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(replace(NONE, phone_an_hour=1))
    person = shop.person()
    for _ in range(3):
        shop.told(person)
    note = tables.get("messages", ("STAFF", f"NOTE#limit:phone_limit:{shop.store_id}"))
    assert note is not None
    assert shop.store_id in note["text"]["S"]
    assert str(person.phone) not in str(note) + caplog.text


def test_one_sms_is_three_writes_at_the_most(counting: list[str]) -> None:
    shop = Shop(Limits(member_a_day=9))
    container = shop.container()
    made = shop.message(shop.person())
    counting.clear()
    assert container.go_on(made).state == "sent"
    assert counting == ["TransactWriteItems", "UpdateItem"], "the first write made it"


def test_what_is_sent_again_counts_again() -> None:
    shop = Shop(replace(NONE, phone_an_hour=2))
    person = shop.person(email="a@example.com")
    first = shop.told(person)
    for channel in ("sms", "email"):
        again = resent(first, "01", "store_manager", "没收到", shop.clock() + timedelta(seconds=1))
        assert table.replace(first, again)
        shop.clock.turn(seconds=2)
        first = shop.go_on(again)
        assert (first.state, first.channel) == ("sent", channel)


def test_a_spend_sent_again_and_again_provokes_one_message(house: House) -> None:
    """The till's own name for it is what counts, and a name that was refused stays refused."""
    member_id = house.register("13600990001")
    body = {
        "member_id": member_id,
        "total_fen": 6800,
        "payments": [{"method": "cash", "amount_fen": 6800}],
    }
    path = f"/v1/stores/{house.store.store_id}/spends/replayed"
    replies = [house.till.put(path, body) for _ in range(5)]
    assert [one.status for one in replies] == [201, 200, 200, 200, 200]
    assert house.till.put(path, body | {"total_fen": 1}).status in {409, 422}
    entries = [entry for seq in (1, 2) if (entry := ledger().entry(f"{member_id}-{seq}"))]
    for _ in range(3):
        announce(entries, clock.now())
    items = house.member(member_id).get("/v1/me/messages").json["items"]
    assert [one["spend_id"] for one in items] == [replies[0].json["spend_id"]]
