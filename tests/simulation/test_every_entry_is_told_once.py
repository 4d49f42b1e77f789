"""Whatever the streams and the processes do: each entry has one message, and no provider takes one twice."""

from collections.abc import Iterator

import pytest

from chalicelib.messages.model.message import KINDS as OF_MESSAGES
from chalicelib.messages.model.message import OF_NO_ENTRY, Message
from tests.house import settled
from tests.simulation.chain import START, Chain, Person, kills
from tests.simulation.event_source import RawRecord
from tests.simulation.providers import STORM

pytestmark = pytest.mark.streams

ENTRIES = 80
KINDS = [kind for kind in OF_MESSAGES if kind not in OF_NO_ENTRY]
ODDS = [8 if kind == "spend" else 1 for kind in KINDS] + [1, 1]
AT_REST = {"sent", "delivered", "failed", "inbox", "unknown"}


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


def people(chain: Chain) -> list[Person]:
    return [
        chain.person(phone="13800000001", openid="oA", email="a@example.com", accepts=30),
        chain.person(phone="13800000002", email="b@example.com"),
        chain.person(openid="oC", accepts=3, email="c@example.com"),
        chain.person(openid="oD", accepts=30, consents=frozenset()),
        chain.person(email="e@example.com"),
        chain.person(phone="13800000006", consents=frozenset()),
    ]


def busy_chain(seed: int) -> Chain:
    """A busy night over the day-cut, with joinings between."""
    chain = Chain(seed, STORM)
    members = people(chain)
    chain.clock.at = START.replace(hour=18, minute=30)
    for number in range(ENTRIES):
        kind = chain.random.choices([*KINDS, "join_in", "join_out"], ODDS)[0]
        chain.post(members[number % len(members)], kind)
        chain.clock.turn(seconds=chain.random.randrange(150))
    return chain


def spoilt(chain: Chain, records: list[RawRecord]) -> list[RawRecord]:
    """A tenth dropped, the rest twice, in any order."""
    kept = [record for record in records if chain.random.random() > 0.1]
    doubled = kept + kept
    chain.random.shuffle(doubled)
    return doubled


def run_through_the_storm(chain: Chain) -> None:
    """Late duplicates come when their message has long been sent."""
    entries = spoilt(chain, chain.records("book", "ENTRY#"))
    with kills(chain.seed, 0.01):
        chain.announcing().deliver(entries)
    messages = spoilt(chain, chain.records("messages", "MSG#"))
    with kills(chain.seed + 1, 0.01):
        chain.delivering().deliver(messages)
        chain.announcing().deliver(entries)
        chain.sweep(minutes=30, every=2)
        chain.delivering().deliver(messages)
    chain.sweep(minutes=180, every=6)


@pytest.mark.parametrize("seed", range(3))
def test_each_entry_of_money_has_exactly_one_message_at_rest(seed: int) -> None:
    chain = busy_chain(seed)
    run_through_the_storm(chain)
    for person in chain.people.values():
        owed = {
            entry.message_id
            for entry in chain.entries
            if entry.member_id == person.member_id and entry.kind in KINDS
        }
        messages = chain.messages_of(person)
        assert sorted(message.message_id for message in messages) == sorted(owed)
        assert {message.state for message in messages} <= AT_REST
        assert all(message.due_at is None for message in messages)
    no_provider_took_twice(chain)
    what_is_claimed_is_true(chain)


def no_provider_took_twice(chain: Chain) -> None:
    for provider in (chain.sms, chain.wechat, chain.mail):
        assert [name for name, count in provider.accepted.items() if count > 1] == []


def what_is_claimed_is_true(chain: Chain) -> None:
    """A message that says it was sent was taken by the provider it names."""
    for entry in chain.entries:
        message = chain.message(entry)
        if message and message.state in {"sent", "delivered"}:
            assert taken(chain, message), message


def taken(chain: Chain, message: Message) -> bool:
    facts = message.facts
    amount = f"{facts.amount_fen / 100:.2f}元"
    return {
        "sms": chain.sms.accepted[message.message_id],
        "wechat": chain.wechat.accepted[amount],
        "email": chain.mail.accepted[message.message_id],
    }[message.channel or "sms"] > 0
