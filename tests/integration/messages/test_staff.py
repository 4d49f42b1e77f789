"""Notes for staff: once per key and while, whoever writes them, and in a digest that is told once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters import tables
from chalicelib.adapters.sms_aliyun import pushes as aliyun
from chalicelib.adapters.upstream import Refused, Unknown, UpstreamError
from chalicelib.messages import parked, staff
from chalicelib.messages.model.course import LEASE
from chalicelib.messages.model.digest import REPEATED
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.receipt import Receipt
from chalicelib.messages.raw import Pushed
from chalicelib.messages.service.digest import MOST_A_RUN, Digests
from chalicelib.messages.service.receipts import Receipts
from tests.house import House

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Group:
    """A bot's group that may do something else than listen, for as many calls as there are in `does`."""

    does: Sequence[type[BaseException] | UpstreamError] = ()
    heard: list[str] = field(default_factory=list)
    calls: int = 0

    def say(self, text: str) -> None:
        trouble = self.does[self.calls] if self.calls < len(self.does) else None
        self.calls += 1
        if trouble is None or isinstance(trouble, Unknown):
            self.heard.append(text)
        if trouble is not None:
            raise trouble


@dataclass
class Hand:
    """A clock that stands where it is put."""

    now: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hand(house: House) -> Hand:
    """Before it nobody told anything."""
    assert house
    staff.forget()
    for image in tables.query_all("messages", "STAFF"):
        transaction = tables.Transaction()
        transaction.delete("row", staff.NoteRow("STAFF", image["sk"]["S"]))
        transaction.commit()
    return Hand()


def run(group: Group | None, hand: Hand) -> None:
    Digests(group, "灯塔", hand).run()


def test_the_same_is_told_once_in_a_while(hand: Hand, counting: list[str]) -> None:
    group, quiet = Group(), staff.QUIET
    for later in (timedelta(), MINUTE, quiet - timedelta(milliseconds=1)):
        staff.note("limit:s1", "门店 s1\n达到上限", hand.now + later)
    assert counting == ["UpdateItem"]
    run(group, hand)
    hand.now += quiet
    staff.note("limit:s1", "门店 s1 达到上限", hand.now)
    run(group, hand)
    assert [text.count("门店 s1 达到上限") for text in group.heard] == [1, 1]


def test_what_has_changed_is_told_at_once_and_of_what_waits_the_last(hand: Hand) -> None:
    group = Group()
    staff.note("breaker:tencent", "已停用", hand.now)
    run(group, hand)
    staff.note("breaker:tencent", "已恢复", hand.now + MINUTE)
    staff.note("breaker:tencent", "已停用", hand.now + 2 * MINUTE)
    hand.now += 2 * MINUTE
    run(group, hand)
    assert [text[-3:] for text in group.heard] == ["已停用", "已停用"]
    assert "已恢复" not in group.heard[1]


def test_what_another_container_told_is_asked_after_once(hand: Hand, counting: list[str]) -> None:
    staff.note("limit:s1", "先到", hand.now)
    staff.forget()
    for seconds in (1, 2, 3):
        staff.note("limit:s1", "先到", hand.now + timedelta(seconds=seconds))
    assert counting == ["UpdateItem", "UpdateItem"]


def test_the_group_reads_all_notes_of_the_minute_in_one_text_and_once(hand: Hand) -> None:
    group = Group()
    staff.note("a", "腾讯云已停用", hand.now)
    staff.note("b", "阿里云已恢复", hand.now + MINUTE)
    hand.now += MINUTE
    run(group, hand)
    run(group, hand)
    assert group.heard == ["【灯塔】值班提醒\n16:00 腾讯云已停用\n16:01 阿里云已恢复"]


def test_a_minute_without_notes_costs_one_request(hand: Hand, counting: list[str]) -> None:
    run(Group(), hand)
    assert counting == ["Query"]


def test_many_notes_come_in_a_few_texts_a_minute_and_none_is_lost(hand: Hand) -> None:
    group = Group()
    for number in range(20):
        staff.note(f"k{number}", f"{number:02}" + "灯" * 190, hand.now)
    run(group, hand)
    assert len(group.heard) == MOST_A_RUN
    for _ in range(5):
        hand.now += MINUTE
        run(group, hand)
    said = "".join(group.heard)
    assert all(said.count(f"16:00 {number:02}") == 1 for number in range(20))


def test_a_text_is_on_record_before_it_is_said(hand: Hand) -> None:
    """Who dies while saying it is found when the claim has run out, and the text says that it may be a repeat."""
    group = Group(does=[KeyboardInterrupt])
    staff.note("a", "腾讯云已停用", hand.now)
    with pytest.raises(KeyboardInterrupt):
        run(group, hand)
    hand.now += LEASE - timedelta(milliseconds=1)
    run(group, hand)
    assert group.heard == []
    hand.now += timedelta(milliseconds=1)
    run(group, hand)
    assert group.heard == [f"{REPEATED}【灯塔】值班提醒\n16:00 腾讯云已停用"]


def test_a_bot_that_says_too_many_is_left_alone_until_the_next_minute(hand: Hand) -> None:
    group = Group(does=[Refused("wecom", "45009", "frequency")])
    for number in range(12):
        staff.note(f"k{number}", "灯" * 190, hand.now)
    run(group, hand)
    assert (group.calls, group.heard) == (1, [])
    hand.now += MINUTE
    run(group, hand)
    assert len(group.heard) == 4
    assert not any(text.startswith(REPEATED) for text in group.heard)


def test_after_no_answer_it_is_said_again_and_says_so(hand: Hand) -> None:
    group = Group(does=[Unknown("wecom", "ReadTimeoutError")])
    staff.note("a", "腾讯云已停用", hand.now)
    run(group, hand)
    hand.now += MINUTE
    run(group, hand)
    run(group, hand)
    assert [text.startswith(REPEATED) for text in group.heard] == [False, True]


def test_a_removed_bot_is_not_asked_again_for_the_same(hand: Hand) -> None:
    group = Group(does=[Refused("wecom", "93000", "account")])
    staff.note("a", "腾讯云已停用", hand.now)
    run(group, hand)
    hand.now += HOUR
    run(group, hand)
    assert (group.calls, group.heard) == (1, [])


@pytest.mark.parametrize(("late", "told"), [(-1, 1), (0, 1), (1, 0)])
def test_without_a_bot_notes_wait_for_a_day(hand: Hand, late: int, told: int) -> None:
    staff.note("a", "腾讯云已停用", hand.now)
    run(None, hand)
    group = Group()
    hand.now += staff.TOLD_WITHIN + timedelta(milliseconds=late)
    run(group, hand)
    assert len(group.heard) == told


def test_what_breaks_while_telling_staff_breaks_nothing_else(hand: Hand) -> None:
    staff.note("a", "腾讯云已停用", hand.now)
    run(Group(does=[ZeroDivisionError]), hand)
    group = Group()
    hand.now += LEASE
    run(group, hand)
    assert len(group.heard) == 1


def test_receipts_of_nobody_and_such_as_make_no_sense_are_told(hand: Hand) -> None:
    receipts = Receipts({"aliyun": aliyun.read}, hand)
    parked.park(Receipt("tencent", "", Report(delivered=True, provider_ref="other:1")), hand.now)
    hand.now += timedelta(hours=73)
    receipts.try_parked(lambda: True)
    receipts.take(Pushed("aliyun", b'[{"biz_id": 1}]', hand.now, {}))
    group = Group()
    run(group, hand)
    assert "腾讯云短信推送的回执三天内都对不上消息" in group.heard[0]
    assert "阿里云短信推送的回执中有读不懂的条目" in group.heard[0]
