"""Rules, limits and resends while everything breaks: nothing is lost, nothing exceeds, nothing doubtful is repeated."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.stamp import system
from chalicelib.messages import rulebook, table
from chalicelib.messages.model import limits, routing
from chalicelib.messages.model.choice import Contact, Offer
from chalicelib.messages.model.limits import Cap, Receiver
from chalicelib.messages.model.message import KINDS, Message
from chalicelib.messages.model.resend import resent
from chalicelib.messages.model.rules import Limits, MessageRules, QuietHours, Route
from tests.house import settled
from tests.simulation.chain import Chain
from tests.simulation.test_every_entry_is_told_once import (
    AT_REST,
    busy_chain,
    run_through_the_storm,
)

pytestmark = pytest.mark.streams

AN_HOUR, A_MEMBER = 2, 10
RULES = MessageRules(
    routes=(
        Route(("refund", "void"), ("wechat", "email")),
        Route(("top_up",), ("sms", "wechat"), also=("email",)),
    ),
    quiet_hours=(QuietHours(("email",), "02:00", "05:00", exempt_kinds=("top_up",)),),
    limits=Limits(AN_HOUR, None, A_MEMBER, None, None),
)
DOUBT = {"unknown", "unresolved"}


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        rulebook.save(RULES, None, system("test"))
        rulebook.forget()
        yield


def ruled(chain: Chain) -> Chain:
    def caps(offer: Offer, message: Message, contact: Contact, now: datetime) -> Sequence[Cap]:
        to = Receiver(contact.member_id, f"{chain.seed} {contact.phone}")
        return limits.caps(RULES.limits, message, offer.channel, to, now)

    chain.deliveries = replace(
        chain.deliveries,
        ordered=lambda message, offers: routing.in_order(RULES, message, offers),
        gates=routing.gates(lambda: RULES),
        caps=caps,
    )
    chain.sweeper = replace(chain.sweeper, go_on=chain.deliveries.go_on)
    return chain


def test_every_message_comes_to_rest_within_the_rules() -> None:
    chain = ruled(busy_chain(seed=11))
    run_through_the_storm(chain)
    first = told(chain)
    resend_some(chain, first)
    chain.sweep(minutes=400, every=40)
    messages = told(chain)
    comes_to_rest_beside_them(messages, chain)
    owed = [entry.message_id for entry in chain.entries if entry.kind in KINDS]
    assert sorted(one.message_id for one in messages) == sorted(owed)
    assert {one.state for one in messages} <= AT_REST
    holds_the_limits(first)
    for one in messages:
        keeps_to_its_route_and_hours(one)
        repeats_no_doubt(one)
        taken = chain.sms.accepted[one.message_id]
        assert taken <= 1 + len(one.resends), one
    assert any(one.resends for one in messages)
    reasons = {each.reason for one in messages for each in one.decisions}
    assert {"phone_limit", "member_limit", "quiet_hours", "not_in_rules"} <= reasons


def comes_to_rest_beside_them(messages: list[Message], chain: Chain) -> None:
    """Of each top-up a mail went beside, by itself and once."""
    copies = [copy for one in messages for copy in table.copies(one)]
    assert len(copies) == sum(one.facts.kind == "top_up" for one in messages) > 0
    assert {one.state for one in copies} <= AT_REST
    assert {each.channel for one in copies for each in one.attempts} == {"email"}
    assert max(chain.mail.accepted[one.message_id] for one in copies) == 1


def told(chain: Chain) -> list[Message]:
    return [one for person in chain.people.values() for one in chain.messages_of(person)]


def resend_some(chain: Chain, messages: list[Message]) -> None:
    for was in messages[::3]:
        try:
            now = resent(was, "01", "store_manager", "没收到", chain.clock())
        except Conflict:
            continue
        assert table.resend(was, now, system("test"))


def holds_the_limits(messages: list[Message]) -> None:
    """Counted at the first SMS of each message, and at its first attempt at all."""
    hours: Counter[tuple[str, str]] = Counter()
    members = Counter(one.member_id for one in messages if one.attempts)
    for one in messages:
        if sms := next((each for each in one.attempts if each.channel == "sms"), None):
            hours[sms.to, f"{sms.started_at:%d %H}"] += 1
    assert max(hours.values()) <= AN_HOUR
    assert max(members.values()) <= A_MEMBER


def keeps_to_its_route_and_hours(message: Message) -> None:
    route = RULES.route_of(message.facts.kind)
    for one in message.attempts:
        assert route is None or one.channel in route.channels
        assert not routing.quiet_until(RULES, one.channel, message.facts.kind, one.started_at)


def repeats_no_doubt(message: Message) -> None:
    """No attempt over a channel follows one there of which nobody can tell what became."""
    doubtful = [one for one in message.attempts if one.state in DOUBT]
    for doubt in doubtful:
        later = [one for one in message.attempts[doubt.n :] if one.channel == doubt.channel]
        assert later == [], message
