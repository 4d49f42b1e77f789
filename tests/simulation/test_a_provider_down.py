"""A provider that is down, two containers and one table: how many messages are wasted on it, and how it comes back."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.access.model import Store
from chalicelib.adapters.upstream import Refused
from chalicelib.kernel import ids
from chalicelib.messages import table
from chalicelib.messages.channels import Sms
from chalicelib.messages.model.breaker import IN_A_ROW, PAUSES_S, PROBE_TAKES
from chalicelib.messages.model.message import Facts, Message
from chalicelib.messages.service import sweep
from chalicelib.messages.service.breaking import READ_EVERY, Breaking
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.sweep import Sweeper
from tests.breakers import close_all
from tests.house import settled
from tests.simulation.chain import TEMPLATES, Person, Ticking
from tests.simulation.event_source import Killed
from tests.simulation.providers import Die, FakeReport, FakeSent, FakeSms, message_of

UNREACHABLE = {"unreachable": 1.0}
HANGS_AFTER = {"hangs_after": 1.0}
FINE: Mapping[str, float] = {}


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


@dataclass
class Watched(FakeSms):
    """`asked` are the messages that it was called for; `broke` refuses for the account's sake."""

    asked: list[str] = field(default_factory=list)
    broke: bool = False

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> FakeSent:
        self.asked.append(message_of(reference))
        if self.broke:
            raise Refused("tencent", "FailedOperation.InsufficientBalanceInSmsPackage", "account")
        return super().send(phone, template_id, params, reference)


class Two:
    """Two providers, `first` before `second`, and containers that each remember by themselves."""

    def __init__(self) -> None:
        self.clock = Ticking()
        self.first, self.second = Watched(self.clock), Watched(self.clock)
        self.person = Person(ids.new(self.clock()), phone="13800000001")
        self.told: list[Message] = []

    def container(self) -> Deliveries:
        channels = [
            Sms(name, provider, TEMPLATES, self.clock)
            for name, provider in zip(("tencent", "aliyun"), (self.first, self.second), strict=True)
        ]
        breaking = Breaking([one.offer.by for one in channels], self.clock)
        return Deliveries(
            channels,
            {self.person.member_id: self.person}.get,
            self.clock,
            breaking.ordered,
            gates=[breaking.gate],
            heard=lambda offer, _, outcome: breaking.heard(offer, outcome),
            unasked=breaking.unasked,
            may_ask=breaking.may_ask,
        )

    def tell(self, by: Deliveries, count: int = 1, every_s: float = 0) -> list[Message]:
        return [by.go_on(self.message(every_s)) for _ in range(count)]

    def message(self, after_s: float = 0) -> Message:
        self.clock.turn(seconds=after_s)
        now = self.clock()
        facts = Facts("spend", "e", "s1", "Store", f"A{len(self.told)}", 100, 100, now)
        made = Message(
            f"{self.person.member_id}-{ids.new(now)}", self.person.member_id, facts, now, now
        )
        table.add([made])
        self.told.append(made)
        return made

    def take_up(self, by: Deliveries) -> None:
        """What the sweeper does: go on with what is due."""
        for shard in range(table.DUE_SHARDS):
            for message in table.due(shard, self.clock(), 100):
                by.go_on(message)

    def states(self) -> set[str]:
        return {self.now(one).state for one in self.told}

    def now(self, message: Message) -> Message:
        found = table.message(message.message_id, consistent=True)
        assert found is not None
        return found

    def each_was_taken_once(self) -> None:
        taken = self.first.accepted + self.second.accepted
        assert taken == {one.message_id: 1 for one in self.told}


@pytest.fixture
def two() -> Two:
    close_all()
    return Two()


def test_of_two_containers_each_wastes_no_more_than_its_threshold_until_the_other_carries_all(
    two: Two,
) -> None:
    one, other = two.container(), two.container()
    two.first.die = Die(0, UNREACHABLE)
    for _ in range(10):
        two.tell(one)
        two.tell(other)
    assert IN_A_ROW <= len(two.first.asked) <= 2 * IN_A_ROW
    assert len(two.second.asked) == 20 - len(two.first.asked)


def test_a_container_that_reads_in_time_wastes_nothing(two: Two) -> None:
    two.first.die = Die(0, UNREACHABLE)
    two.tell(two.container(), IN_A_ROW)
    two.tell(two.container(), 10)
    assert len(two.first.asked) == IN_A_ROW


def test_while_it_is_down_one_message_for_each_pause_is_all_that_it_gets(two: Two) -> None:
    containers = itertools.cycle([two.container(), two.container()])
    two.first.die = Die(0, UNREACHABLE)
    minutes = 15
    for _ in range(minutes * 4):
        two.tell(next(containers), every_s=15)
    pauses_s = [*PAUSES_S, *[PAUSES_S[-1]] * 10]
    probes = sum(sum(pauses_s[:n]) <= minutes * 60 for n in range(1, len(pauses_s)))
    assert len(two.first.asked) <= 2 * IN_A_ROW + probes


@pytest.mark.parametrize("fault", [UNREACHABLE, HANGS_AFTER])
def test_a_provider_that_is_up_again_comes_back_by_one_probe(
    two: Two, fault: Mapping[str, float]
) -> None:
    one, other = two.container(), two.container()
    two.first.die = Die(0, fault)
    two.tell(one, IN_A_ROW + 3)
    wasted = len(two.first.asked)
    two.first.die = Die(0, FINE)
    two.clock.turn(seconds=PAUSES_S[0])
    two.tell(one)
    assert len(two.first.asked) == wasted + 1
    two.clock.turn(seconds=READ_EVERY.total_seconds())
    two.tell(one, 3)
    two.tell(other, 3)
    assert len(two.first.asked) == wasted + 7


def test_a_half_open_breaker_lets_one_through_though_several_try(two: Two) -> None:
    containers = [two.container() for _ in range(4)]
    two.first.die = Die(0, UNREACHABLE)
    for by in containers:
        two.tell(by)  # each has read that it is closed
    two.tell(containers[0], IN_A_ROW)
    wasted = len(two.first.asked)
    two.clock.turn(seconds=PAUSES_S[0])
    two.first.die = _Asking(two, containers[1:])
    two.tell(containers[0])
    assert len(two.first.asked) == wasted + 1


class _Asking(Die):
    """While the probe is under way, others try too."""

    def __init__(self, two: Two, others: list[Deliveries]) -> None:
        super().__init__(0)
        self._two, self._others = two, others

    def roll(self) -> str | None:
        for by in self._others:
            self._two.tell(by, 3)
        return None


def test_a_probe_whose_container_died_is_made_up_for_by_another(two: Two) -> None:
    dying, other = two.container(), two.container()
    two.first.die = Die(0, UNREACHABLE)
    two.tell(dying, IN_A_ROW)
    two.clock.turn(seconds=PAUSES_S[0])
    two.first.die = Die(0, {"killed_before": 1.0})
    with pytest.raises(Killed):
        two.tell(dying)
    two.first.die = Die(0, FINE)
    asked = len(two.first.asked)
    two.tell(other, 3)
    assert len(two.first.asked) == asked
    two.clock.turn(seconds=PROBE_TAKES.total_seconds())
    two.tell(other, 3)
    assert len(two.first.asked) == asked + 3


def test_a_no_to_our_account_opens_at_once_and_wastes_one_message(two: Two) -> None:
    two.first.broke = True
    told = two.tell(two.container(), 10)
    assert len(two.first.asked) == 1
    assert {one.state for one in told} == {"sent"}
    assert [one.reason for one in two.now(told[1]).decisions] == ["breaker_open"]


@pytest.mark.parametrize("fault", [UNREACHABLE, HANGS_AFTER, "broke"])
def test_while_all_are_down_messages_wait_and_then_each_is_sent_once(
    two: Two, fault: Mapping[str, float] | str
) -> None:
    containers = [two.container(), two.container()]
    for provider in (two.first, two.second):
        provider.broke = fault == "broke"
        provider.die = Die(0, FINE if isinstance(fault, str) else fault)
    for by in containers:
        two.tell(by, 4)
    for _ in range(8):
        two.clock.turn(minutes=6)
        two.take_up(containers[0])
    assert "failed" not in two.states()
    for provider in (two.first, two.second):
        provider.broke, provider.die = False, Die(0, FINE)
    for _ in range(8):
        two.clock.turn(minutes=30)
        two.take_up(containers[1])
    assert two.states() <= {"sent", "delivered"}
    two.each_was_taken_once()


def test_one_run_of_the_sweep_takes_up_all_that_waited_for_the_same_moment(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_PAGE", 2)
    two.first.die = two.second.die = Die(0, UNREACHABLE)
    by = two.container()
    two.tell(by, 2 * IN_A_ROW + 12)
    two.first.die = two.second.die = Die(0, FINE)
    two.clock.turn(minutes=60)
    nowhere = Store("", "")
    Sweeper(list, lambda: nowhere, lambda *_: [], by.go_on, two.clock).run(lambda: True)
    assert two.states() == {"sent"}
    two.each_was_taken_once()


def test_a_message_that_is_too_old_is_left_to_the_inbox(two: Two) -> None:
    two.first.die = two.second.die = Die(0, UNREACHABLE)
    by = two.container()
    (message,) = two.tell(by)
    for _ in range(10):
        two.clock.turn(hours=3)
        two.take_up(by)
    assert two.now(message).state == "failed"
    assert two.clock.at - message.created_at > timedelta(hours=24)


def test_a_probe_of_which_no_call_came_is_given_back(two: Two) -> None:
    by = two.container()
    two.first.die = Die(0, UNREACHABLE)
    two.tell(by, IN_A_ROW)
    two.first.die = Die(0, FINE)
    two.clock.turn(seconds=PAUSES_S[0])
    chosen = by.gates[0]
    offer = by.channels[0].offer
    assert chosen(offer, two.message(), two.person, two.clock()) is None
    other = two.container()
    assert other.gates[0](offer, two.message(), two.person, two.clock()) is not None
    by.unasked(offer)
    two.clock.turn(seconds=READ_EVERY.total_seconds())
    assert other.gates[0](offer, two.message(), two.person, two.clock()) is None


def test_who_is_shut_off_is_not_asked_what_became_of_messages(two: Two) -> None:
    by = two.container()
    (sent,) = two.tell(by)
    two.first.die = Die(0, UNREACHABLE)
    two.tell(by, IN_A_ROW)
    asked: list[str] = []

    def find(phone: str, since: datetime, until: datetime) -> Sequence[FakeReport]:
        assert since < until
        asked.append(phone)
        return []

    two.first.find = find  # type: ignore[method-assign]
    two.clock.turn(minutes=10)
    message = two.now(sent)
    assert message.last.provider == by.channels[0].offer.provider
    two.tell(by, IN_A_ROW)
    by.go_on(message)
    assert asked == []
    assert two.now(sent).due_at
