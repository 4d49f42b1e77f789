"""Every provider fails in every way, processes are killed, receipts come early, late, twice, wrong or never.

At the end each entry has one message with one final outcome, and it says no more than what providers and carriers know.
A few hundred entries each time; `make storm` runs 20,000. `DENGTA_STORM` says how many, `DENGTA_SEED` which ones.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from math import ceil

import pytest

from chalicelib.messages.model.message import Message
from tests import figures
from tests.house import settled
from tests.simulation.chain import Person, kills
from tests.simulation.event_source import Killed
from tests.simulation.storm import Storm, sms_of, taken_by_others
from tests.simulation.verdicts import is_so, verdict_on

pytestmark = pytest.mark.streams

ENTRIES = int(os.environ.get("DENGTA_STORM", "160"))
SEED = int(os.environ.get("DENGTA_SEED", "20261122"))
ROUND = 20
MEMBERS = max(ROUND, ENTRIES // 50)  # nobody has hundreds of messages a night
AT_REST = {"sent", "delivered", "failed", "inbox", "unknown"}
IN_DOUBT = {"not_taken", "unresolved"}  # the provider itself could not tell


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


def people(storm: Storm) -> list[Person]:
    made = []
    for n in range(MEMBERS):
        reached = {
            "phone": f"138{n:08d}" if n % 5 else None,
            "openid": f"o{n}" if n % 3 else None,
            "email": f"{n}@example.com" if n % 4 else None,
        }
        made.append(storm.person(accepts=ENTRIES // MEMBERS // 2, **reached))
    return made


def night(storm: Storm) -> None:
    members = people(storm)
    for number in range(0, ENTRIES, ROUND):
        for member in islice(cycle(members), number, number + ROUND):
            storm.post(member, storm.luck.choice(["spend", "spend", "top_up", "refund"]))
            storm.clock.turn(seconds=storm.luck.randrange(10))
        with kills(storm.seed + number, 0.01):
            storm.push()
            storm.tell()
        storm.clock.turn(seconds=storm.luck.randrange(60))
        storm.sweep()


def morning_after(storm: Storm) -> None:
    """Until the last receipt may have come: 72 hours after what waited and was asked after for 24 each, and more."""
    for minutes in [2] * 20 + [20] * 10 + [120] * 65:
        storm.clock.turn(minutes=minutes)
        storm.push()
        storm.tell()
        sweep_through(storm)


def sweep_through(storm: Storm) -> None:
    """A run each minute until one is not killed at a provider's call: those behind its place were never looked at."""
    while True:
        storm.clock.turn(minutes=1)
        try:
            storm.sweeper.run(lambda: True)
        except Killed:
            continue
        return


@pytest.fixture(scope="module")
def storm() -> Storm:
    made = Storm(SEED)
    night(made)
    morning_after(made)
    return made


@pytest.fixture(scope="module")
def told(storm: Storm) -> list[Message]:
    return [storm.told(entry) for entry in storm.entries]


def test_each_entry_has_one_message_with_one_final_outcome(
    storm: Storm, told: list[Message]
) -> None:
    assert len({message.message_id for message in told}) == ENTRIES
    assert {message.state for message in told} <= AT_REST
    assert [message for message in told if message.due_at] == []
    for person in storm.people.values():
        mine = [entry for entry in storm.entries if entry.member_id == person.member_id]
        assert len(storm.messages_of(person)) == len(mine)


def test_no_phone_got_two_sms_unless_the_provider_itself_could_not_tell(
    storm: Storm, told: list[Message]
) -> None:
    for message in told:
        fates = [fate for _, fate in sms_of(storm, message.message_id) if fate != "undelivered"]
        if len(fates) > 1:
            assert IN_DOUBT & {one.state for one in message.attempts}, message


def test_no_other_channel_took_a_message_twice(storm: Storm) -> None:
    for provider in (storm.wechat, storm.mail):
        assert [name for name, count in provider.accepted.items() if count > 1] == []


def test_what_is_claimed_is_what_providers_and_carriers_know(
    storm: Storm, told: list[Message]
) -> None:
    assert [message for message in told if not agrees(storm, message)] == []


def agrees(storm: Storm, message: Message) -> bool:
    fates = Counter(sms_of(storm, message.message_id))
    others = taken_by_others(storm, message)
    if message.state == "delivered":
        return any(
            (one.provider, "delivered") in fates
            or ("receipt_conflict" in {each.reason for each in message.decisions})
            for one in message.attempts
            if one.state == "delivered"
        )
    if message.state == "sent":
        return message.channel in others or any(
            provider == one.provider for one in message.attempts for provider, _ in fates
        )
    if message.state in {"failed", "inbox"}:
        doubt = IN_DOUBT & {one.state for one in message.attempts}
        return bool(doubt) or not (others or any(fate != "undelivered" for _, fate in fates))
    return True


def test_the_verdict_on_a_message_is_what_providers_and_carriers_know(
    storm: Storm, told: list[Message], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is certain is so. Of the rest a few may differ: where a provider forgot what it took nobody can say."""
    verdicts = [verdict_on(storm, message) for message in told]
    wrong = [
        (verdict, message)
        for verdict, message in zip(verdicts, told, strict=True)
        if not is_so(storm, message, verdict.code)
    ]
    codes = Counter(verdict.code for verdict in verdicts)
    figures.show(capsys, f"verdicts {dict(codes)}; {len(wrong)} not so")
    assert [each for each in wrong if each[0].sure == "certain"] == []
    assert len(wrong) <= ceil(ENTRIES * 0.005), wrong


def test_the_storm_was_one(told: list[Message], capsys: pytest.CaptureFixture[str]) -> None:
    """What it came by, printed: a calm night would show nothing."""
    states = Counter(message.state for message in told)
    attempts = Counter(one.state for message in told for one in message.attempts)
    figures.show(capsys, f"seed {SEED}: {dict(states)}; attempts {dict(attempts)}")
    assert {"delivered", "undelivered", "accepted", "refused", "unreachable"} <= set(attempts)
    assert {"delivered", "sent", "failed"} <= set(states)
