"""A provider that accepts and hangs, one that takes nothing, two deliverers at once: who may send again, and when."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel.stamp import system
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import quota
from chalicelib.messages.model import course
from chalicelib.messages.model.message import Message
from tests.house import settled
from tests.simulation.chain import TEMPLATES, Chain, Person, holder, kills
from tests.simulation.event_source import Killed
from tests.simulation.providers import Die

pytestmark = pytest.mark.streams

HANGS_AFTER = {"hangs_after": 1.0}
HANGS_BEFORE = {"hangs_before": 1.0}
UNREACHABLE = {"unreachable": 1.0}


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


def announced(chain: Chain, person: Person) -> EntryPosted:
    entry = chain.post(person)
    chain.announcing().deliver(chain.records("book", "ENTRY#"))
    return entry


def deliver(chain: Chain) -> None:
    chain.delivering().deliver(chain.records("messages", "MSG#"))


def states(message: Message) -> list[tuple[str, str]]:
    return [(one.channel, one.state) for one in message.attempts]


def test_an_sms_that_was_accepted_and_hung_is_found_and_never_sent_again() -> None:
    chain = Chain()
    chain.sms.die = Die(0, HANGS_AFTER)
    entry = announced(chain, chain.person(phone="13800000001"))
    deliver(chain)
    assert chain.told(entry).state == "unknown"
    deliver(chain)
    assert chain.sms.accepted[entry.message_id] == 1
    chain.sweep(minutes=2)
    message = chain.told(entry)
    assert (message.state, message.last.report_code) == ("delivered", "DELIVRD")
    chain.sweep(minutes=120, every=5)
    assert chain.sms.accepted[entry.message_id] == 1


def test_no_second_sms_before_the_look_up_says_at_the_end_of_the_grace_that_nothing_was_taken() -> (
    None
):
    chain = Chain()
    chain.sms.die = Die(0, HANGS_BEFORE)
    entry = announced(chain, chain.person(phone="13800000001"))
    deliver(chain)
    chain.sms.die = Die(0)
    chain.sweep(minutes=29)
    assert chain.told(entry).state == "unknown"
    assert chain.sms.accepted.total() == 0
    chain.sweep(minutes=2)
    message = chain.told(entry)
    assert states(message) == [("sms", "not_taken"), ("sms", "accepted")]
    assert chain.sms.accepted[entry.message_id] == 1


def test_of_two_hung_sends_with_one_receipt_neither_is_sent_again() -> None:
    """Whose the receipt is cannot be told where the provider does not give our reference back."""
    chain = Chain()
    person = chain.person(phone="13800000001")
    chain.sms.die = Die(0, HANGS_AFTER)
    first = announced(chain, person)
    deliver(chain)
    chain.sms.die = Die(0, HANGS_BEFORE)
    second = announced(chain, person)
    deliver(chain)
    chain.sms.die = Die(0)
    chain.sweep(minutes=90, every=3)
    assert chain.sms.accepted == {first.message_id: 1}
    assert chain.told(second).state == "unknown"


def test_a_reference_that_comes_back_tells_two_hung_sends_apart() -> None:
    chain = Chain()
    chain.sms.tells_reference = True
    person = chain.person(phone="13800000001")
    chain.sms.die = Die(0, HANGS_AFTER)
    first = announced(chain, person)
    deliver(chain)
    chain.sms.die = Die(0, HANGS_BEFORE)
    second = announced(chain, person)
    deliver(chain)
    chain.sms.die = Die(0)
    chain.sweep(minutes=90, every=3)
    assert chain.told(first).state == "delivered"
    assert states(chain.told(second)) == [("sms", "not_taken"), ("sms", "delivered")]
    assert chain.sms.accepted == {first.message_id: 1, second.message_id: 1}


def test_a_hung_subscribe_message_is_not_sent_again_and_the_next_channel_says_why() -> None:
    chain = Chain()
    chain.wechat.die = Die(0, HANGS_AFTER)
    person = chain.person(openid="o1", accepts=3, email="a@example.com")
    entry = announced(chain, person)
    deliver(chain)
    chain.sweep(minutes=30)
    message = chain.told(entry)
    assert states(message) == [("wechat", "unresolved"), ("email", "accepted")]
    assert ("wechat", "outcome_unknown") in [(d.channel, d.reason) for d in message.decisions]
    assert chain.wechat.accepted.total() == 1


def test_a_claim_whose_holder_died_before_the_call_is_asked_after_and_not_sent_blindly() -> None:
    chain = Chain()
    chain.sms.die = Die(0, {"killed_before": 1.0})
    entry = announced(chain, chain.person(phone="13800000001"))
    with pytest.raises(Killed):
        chain.deliveries.go_on(chain.told(entry))
    chain.sms.die = Die(0)
    assert chain.told(entry).state == "sending"
    chain.sweep(minutes=2)
    assert chain.told(entry).state == "sending"
    chain.sweep(minutes=2)
    assert states(chain.told(entry)) == [("sms", "unknown")]
    chain.sweep(minutes=40)
    assert states(chain.told(entry)) == [("sms", "not_taken"), ("sms", "delivered")]


def test_of_many_deliverers_at_once_one_sends() -> None:
    chain = Chain()
    entry = announced(chain, chain.person(phone="13800000001"))
    message = chain.told(entry)
    barrier = threading.Barrier(8)

    def deliver_it() -> None:
        barrier.wait()
        chain.deliveries.go_on(message)

    threads = [threading.Thread(target=deliver_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chain.sms.accepted[entry.message_id] == 1
    assert states(chain.told(entry)) == [("sms", "accepted")]


def test_what_nothing_reached_is_tried_later_and_then_goes_by_the_next_channel() -> None:
    chain = Chain()
    chain.sms.die = Die(0, UNREACHABLE)
    entry = announced(chain, chain.person(phone="13800000001", email="a@example.com"))
    deliver(chain)
    assert states(chain.told(entry)) == [("sms", "unreachable")]
    chain.sweep(minutes=120)
    message = chain.told(entry)
    assert states(message) == [("sms", "unreachable")] * 5 + [("email", "accepted")]
    assert message.decisions[0].reason == "unreachable"


def test_an_answer_that_comes_after_the_claim_was_given_up_still_counts() -> None:
    """The lease is longer than a function may run; should one run on all the same, its answer is kept."""
    chain = Chain()
    chain.sms.silent = True
    entry = announced(chain, chain.person(phone="13800000001"))
    slow = chain.sms.send

    def send_slowly(*given: object) -> object:
        sent = slow(*given)  # type: ignore[arg-type]
        chain.clock.turn(seconds=course.LEASE.total_seconds())
        chain.deliveries.go_on(chain.told(entry))
        return sent

    chain.sms.send = send_slowly  # type: ignore[method-assign,assignment]
    chain.deliveries.go_on(chain.told(entry))
    assert chain.told(entry).state == "sent"
    assert chain.sms.accepted[entry.message_id] == 1


def test_an_entry_that_no_stream_brought_is_found_on_the_day_before_too() -> None:
    chain = Chain()
    person = chain.person(phone="13800000001")
    before_the_cut = chain.post(person)
    chain.clock.turn(hours=4)
    after_the_cut = chain.post(person, "top_up")
    assert before_the_cut.business_date != after_the_cut.business_date
    chain.sweep(minutes=2)
    assert chain.message(before_the_cut) is not None
    assert chain.message(after_the_cut) is None, "it may still be on its way by the stream"
    chain.sweep(minutes=3)
    assert chain.told(after_the_cut).state == "sent"


def test_a_sweeper_that_dies_anywhere_loses_nothing() -> None:
    chain = Chain()
    person = chain.person(phone="13800000001")
    entries = [chain.post(person) for _ in range(30)]
    chain.clock.turn(minutes=5)
    with kills(7, 0.05):
        chain.sweep(minutes=10)
    chain.sweep(minutes=90, every=5)
    assert {chain.told(entry).state for entry in entries} <= {"sent", "delivered", "unknown"}
    assert max(chain.sms.accepted.values()) == 1


def test_a_run_that_has_no_time_left_begins_nothing() -> None:
    chain = Chain()
    entry = chain.post(chain.person(phone="13800000001"))
    chain.clock.turn(minutes=10)
    chain.sweeper.run(lambda: False)
    assert chain.message(entry) is None


def test_a_refusal_gives_the_quota_back_and_43101_empties_it() -> None:
    chain = Chain()
    person = chain.person(openid="o-give-back", accepts=3)
    chain.wechat.die = Die(0, {"refused": 1.0})
    announced(chain, person)
    deliver(chain)
    assert quota.remaining(holder("o-give-back"), TEMPLATES["spend"]) == 3
    chain.wechat.die = Die(0)
    chain.wechat.quota["o-give-back"] = 0
    second = announced(chain, person)
    deliver(chain)
    assert quota.remaining(holder("o-give-back"), TEMPLATES["spend"]) == 0
    third = announced(chain, person)
    deliver(chain)
    assert states(chain.told(second)) == [("wechat", "refused")]
    assert states(chain.told(third)) == []
    assert chain.told(third).state == "inbox"
    assert chain.told(third).decisions[-2].reason == "no_quota"


def test_an_accept_counts_once_for_its_key() -> None:
    now = Chain().clock()
    for key in ("tap-1", "tap-1", "tap-2"):
        quota.accept("holder-1", "template-1", key, now + timedelta(seconds=1), system("test"))
    assert quota.remaining("holder-1", "template-1") == 2


def test_a_member_who_is_not_seen_yet_is_written_to_a_little_later() -> None:
    chain = Chain()
    person = chain.person(phone="13800000001")
    entry = announced(chain, person)
    del chain.people[person.member_id]
    chain.deliveries.go_on(chain.told(entry))
    assert chain.told(entry).state == "created"
    chain.people[person.member_id] = person
    chain.sweep(minutes=3)
    assert chain.told(entry).state == "sent"
