"""A kind that goes over two channels at once: each is told once, by itself, and the member has one message."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace as with_parts
from typing import Any

import pytest

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import rulebook, stream, table
from chalicelib.messages.model import hearing, routing
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.messages.model.rules import MessageRules, Route
from chalicelib.messages.service.announce import announce
from tests.house import BY, House
from tests.simulation.chain import Chain

BOTH = MessageRules(routes=(Route(("spend",), ("sms", "email"), also=("wechat",)),))


@pytest.fixture
def chain(house: House) -> Iterator[Chain]:
    assert house
    made = Chain()
    made.deliveries = with_parts(
        made.deliveries,
        gates=routing.gates(rulebook.of_the_minute),
        ordered=lambda message, offers: routing.in_order(rulebook.of_the_minute(), message, offers),
    )
    made.sweeper = with_parts(made.sweeper, go_on=made.deliveries.go_on)
    ruled(BOTH)
    yield made
    ruled(MessageRules())


def ruled(rules: MessageRules) -> None:
    rulebook.save(rules, None, BY)
    rulebook.forget()


def booked(chain: Chain, accepts: int = 1, kind: str = "spend") -> EntryPosted:
    number = f"{len(chain.people):04d}"
    who = chain.person(
        accepts, phone=f"1381000{number}", openid=f"o-{chain.store.store_id}-{number}"
    )
    return chain.post(who, kind)


def delivered(chain: Chain, entries: Sequence[EntryPosted]) -> None:
    announce(entries, chain.clock())
    for entry in entries:
        for one in (chain.told(entry), *table.copies(chain.told(entry))):
            chain.deliveries.go_on(one)


def copy_of(chain: Chain, entry: EntryPosted) -> Message:
    [copy] = table.copies(chain.told(entry))
    return copy


def ways(*messages: Message) -> list[tuple[str, ChannelName | None]]:
    return [(one.state, one.channel) for one in messages]


def test_both_channels_bring_it_once_however_often_the_entry_comes(chain: Chain) -> None:
    entry = booked(chain)
    for _ in range(3):
        delivered(chain, [entry])
    message, copy = chain.told(entry), copy_of(chain, entry)
    assert ways(message, copy) == [("sent", "sms"), ("sent", "wechat")]
    assert chain.sms.accepted == {message.message_id: 1}
    assert chain.wechat.accepted.total() == 1
    assert [one.message_id for one in chain.messages_of(chain.people[entry.member_id])] == [
        message.message_id
    ], "the inbox has one message"


def test_one_channel_fails_by_itself_and_the_other_is_no_way_out_of_it(chain: Chain) -> None:
    entry = booked(chain, accepts=0)
    delivered(chain, [entry])
    message, copy = chain.told(entry), copy_of(chain, entry)
    assert ways(message, copy) == [("sent", "sms"), ("inbox", None)]
    assert [(one.channel, one.reason) for one in copy.decisions] == [("wechat", "no_quota")]
    assert message.decisions == ()


def test_rules_of_later_neither_add_a_channel_to_what_is_made_nor_send_one_twice(
    chain: Chain,
) -> None:
    ruled(MessageRules())
    before = booked(chain)
    announce([before], chain.clock())
    ruled(BOTH)
    announce([before], chain.clock())
    assert table.copies(chain.told(before)) == []

    after = booked(chain)
    announce([after], chain.clock())
    ruled(MessageRules(routes=(Route(("spend",), ("wechat", "sms")),)))
    delivered(chain, [after])
    assert ways(chain.told(after), copy_of(chain, after)) == [("sent", "sms"), ("sent", "wechat")]
    assert chain.wechat.accepted.total() == 1


def test_what_the_stream_lost_of_the_two_the_sweeper_sends(chain: Chain) -> None:
    entry = booked(chain)
    announce([entry], chain.clock())
    chain.sweep(minutes=4, every=2)
    assert ways(chain.told(entry), copy_of(chain, entry)) == [("sent", "sms"), ("sent", "wechat")]


def test_a_batch_of_entries_is_told_whole_though_it_fills_more_than_one_transaction(
    chain: Chain,
) -> None:
    entries = [booked(chain) for _ in range(70)]
    announce(entries[:30], chain.clock())
    announce(entries, chain.clock())
    made = Counter(len(table.copies(chain.told(entry))) for entry in entries)
    assert made == {1: 70}


def test_a_report_on_the_copy_is_found_by_our_reference_and_by_theirs(chain: Chain) -> None:
    entry = booked(chain)
    delivered(chain, [entry])
    copy = copy_of(chain, entry)
    assert copy.last.reference == f"{copy.message_id}-1"
    if copy.last.provider_ref:
        assert table.by_provider_ref("wechat", copy.last.provider_ref) == copy
    told = hearing.reported(copy, 1, Report(delivered=True), chain.clock())
    assert told is not None
    assert table.replace(copy, told)
    assert copy_of(chain, entry).state == "delivered"


def as_streamed(image: Image) -> dict[str, Any]:
    keys = {"pk": image["pk"], "sk": image["sk"]}
    change = {"SequenceNumber": image["sk"]["S"], "Keys": keys, "NewImage": image}
    return {"eventID": image["sk"]["S"], "eventName": "INSERT", "dynamodb": change}


def test_the_stream_brings_copies_too(chain: Chain) -> None:
    entry = booked(chain)
    announce([entry], chain.clock())
    images = [
        image
        for begins in ("MSG#", "ALSO#")
        for image in tables.query(
            "messages", f"M#{entry.member_id}", between=(begins, f"{begins}~")
        ).images
    ]
    records = [as_streamed(image) for image in images]
    handed: list[str] = []
    stream.deliver_batch(
        {"Records": records},
        lambda one: handed.append(one.message_id),
        lambda _: None,
        lambda: True,
    )
    assert handed == [chain.told(entry).message_id, copy_of(chain, entry).message_id]
