"""A night with quiet hours: messages wait for the morning, none is lost, and none comes twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as with_parts
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.messages import table
from chalicelib.messages.model import routing
from chalicelib.messages.model.message import Kind, Message
from chalicelib.messages.model.rules import MessageRules, QuietHours, Route
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from tests.house import House
from tests.simulation.chain import Chain

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)
QUIET = MessageRules(
    quiet_hours=(QuietHours(("sms",), "22:00", "08:00", exempt_kinds=("refund",)),)
)


@pytest.fixture
def chain(house: House) -> Chain:
    assert house
    made = Chain()
    made.clock.at = NIGHT
    return made


def ruled(chain: Chain, rules: MessageRules) -> Deliveries:
    return with_parts(
        chain.deliveries,
        gates=routing.gates(lambda: rules),
        ordered=lambda message, offers: routing.in_order(rules, message, offers),
    )


def told(chain: Chain, kind: Kind = "spend", **reached: Any) -> Message:  # noqa: ANN401
    entry = chain.post(chain.person(**reached), kind)
    announce([entry], chain.clock())
    message = table.message(entry.message_id, consistent=True)
    assert message is not None
    return message


def due(chain: Chain) -> list[Message]:
    found = [table.due(shard, chain.clock(), 100) for shard in range(table.DUE_SHARDS)]
    mine = set(chain.people)
    return [one for shard in found for one in shard if one.member_id in mine]


def test_an_sms_waits_for_the_morning_and_is_sent_once_though_two_containers_see_it(
    chain: Chain,
) -> None:
    deliveries = ruled(chain, QUIET)
    waiting = deliveries.go_on(told(chain, phone="13810000001"))
    assert (waiting.state, waiting.due_at) == ("waiting", MORNING)
    assert waiting.decisions[0].reason == "quiet_hours"
    chain.clock.at = MORNING - timedelta(seconds=1)
    assert due(chain) == []
    assert deliveries.go_on(waiting) == waiting, "the stream again, at night"
    assert chain.sms.accepted.total() == 0
    chain.clock.at = MORNING
    (found,) = due(chain)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliveries.go_on, [found, found]))
    assert chain.sms.accepted == {waiting.message_id: 1}
    kept = table.message(waiting.message_id, consistent=True)
    assert kept is not None
    assert kept.state == "sent"


def test_at_night_mail_goes_instead_and_an_exempt_kind_goes_at_once(chain: Chain) -> None:
    deliveries = ruled(chain, QUIET)
    mailed = deliveries.go_on(told(chain, phone="13810000002", email="a@example.com"))
    assert (mailed.state, mailed.channel) == ("sent", "email")
    at_once = deliveries.go_on(told(chain, "refund", phone="13810000003"))
    assert (at_once.state, at_once.channel) == ("sent", "sms")


def test_rules_of_the_morning_hold_for_what_waited_through_the_night(chain: Chain) -> None:
    waiting = ruled(chain, QUIET).go_on(told(chain, phone="13810000004"))
    chain.clock.at = MORNING
    only_mail = MessageRules(routes=(Route(("spend",), ("email",)),))
    after = ruled(chain, only_mail).go_on(waiting)
    assert (after.state, chain.sms.accepted.total()) == ("inbox", 0)
    assert ("sms", "not_in_rules") in [(one.channel, one.reason) for one in after.decisions]
