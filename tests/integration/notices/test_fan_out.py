"""A job's way through its shard: who is told, who is tried again, who is overtaken, who is asked no more."""

import itertools
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.adapters import tables
from chalicelib.kernel.turns import HELD_FOR
from chalicelib.notices import stream
from chalicelib.notices.model.jobs import MOST_IN_A_ROW, Counts, Outcome
from chalicelib.notices.model.subscribers import SHARDS, Channel, Scope, Subscriber, shard_of
from chalicelib.notices.service import handing_over
from chalicelib.notices.table import asked as asks
from chalicelib.notices.table import jobs
from chalicelib.notices.table import subscribers as table
from chalicelib.notices.table.turns import TABLE
from chalicelib.outages.model.notices import Notice
from tests.simulation.notices_world import START, World, a_notice, a_subscriber, save_all

WAITING = Outcome("waiting", "451")


def told(world: World, notice_id: str = "n1") -> set[str]:
    return {receiver for name, receiver in world.channel.told if name == notice_id}


def one_turn(world: World) -> None:
    (shard,) = world.shards
    world.fan_out.go_on("n1", shard, lambda: True)


def counts(notice_id: str = "n1") -> Counts:
    return handing_over.progress(notice_id).counts


def one_in(world: World, scope: Scope, number: int = 0, channel: Channel = "email") -> Subscriber:
    one = replace(a_subscriber(number, scope), channel=channel)
    save_all([one])
    there = world.shards if isinstance(world.shards, set) else set()
    world.shards = {*there, shard_of(one.subscriber_id)}  # the others have nobody
    return one


def test_a_subscriber_hears_of_their_components_and_stores_only(world: World) -> None:
    tills, sms = "c" * 12, "d" * 12
    everything = one_in(world, Scope(), 1)
    of_tills = one_in(world, Scope((tills,)), 2)
    of_sms = one_in(world, Scope((sms,)), 3)
    of_store_3 = one_in(world, Scope((), ("s3",)), 4)
    of_store_7 = one_in(world, Scope((), ("s7",)), 5)
    world.hand_over(a_notice(1, component_ids=(tills,), store_ids=("s3",)))
    world.hand_over(a_notice(2, overtakes="other"))
    world.run(["n1", "n2"])
    wanting = {one.subscriber_id for one in (everything, of_tills, of_store_3)}
    assert told(world) == wanting
    assert told(world, "n2") == wanting | {of_sms.subscriber_id, of_store_7.subscriber_id}
    assert counts().total == 3


def test_who_confirms_while_a_notice_is_on_its_way_is_not_told_of_it(world: World) -> None:
    world.hand_over(a_notice(1))
    save_all([replace(a_subscriber(1), since=START + timedelta(minutes=1))])
    world.run(["n1"])
    assert counts() == Counts()


def test_a_newer_notice_overtakes_what_is_not_sent_yet_for_those_who_get_it(world: World) -> None:
    tills = "c" * 12
    both = one_in(world, Scope(), 1)
    of_sms_only = one_in(world, Scope(("d" * 12,)), 2)
    world.hand_over(a_notice(1))
    world.hand_over(a_notice(2, component_ids=(tills,)))
    world.run(["n1", "n2"])
    assert told(world) == {of_sms_only.subscriber_id}
    assert told(world, "n2") == {both.subscriber_id}
    assert (counts().sent, counts().overtaken) == (1, 1)


def test_what_is_withdrawn_is_told_to_nobody_who_was_not_told_yet(world: World) -> None:
    one = one_in(world, Scope(), 1)
    waiting = one_in(world, Scope(("c" * 12,)), 2)
    world.channel.answers[waiting.subscriber_id] = [WAITING]
    world.hand_over(a_notice(1, component_ids=("c" * 12,)))
    world.fan_out.go_on("n1", shard_of(waiting.subscriber_id), lambda: True)
    world.hand_over(a_notice(2, withdraws=True))
    world.hand_over(a_notice(3, component_ids=("d" * 12,)))
    world.run(["n1", "n2", "n3"])
    assert told(world) == set()
    assert told(world, "n3") == {one.subscriber_id}
    assert counts() == Counts(total=2, withdrawn=2)
    assert counts("n2") == Counts()


def test_a_withdrawal_ends_a_page_under_way(world: World) -> None:
    there = crowd(world, "email")

    def withdraw(_to: Subscriber, _notice: Notice) -> Outcome:
        world.now += timedelta(seconds=3)
        world.hand_over(a_notice(2, withdraws=True))
        return Outcome("sent")

    world.hand_over(a_notice(1))
    world.channel.tell = withdraw  # type: ignore[method-assign, assignment]
    one_turn(world)
    assert counts() == Counts(total=len(there), sent=1, withdrawn=len(there) - 1)


def test_an_older_notice_that_comes_late_overtakes_nothing(world: World) -> None:
    one = one_in(world, Scope())
    world.hand_over(a_notice(2))
    world.hand_over(a_notice(1))
    world.run(["n1", "n2"])
    assert told(world, "n2") == {one.subscriber_id}
    assert counts("n1").overtaken == 1


def test_who_was_not_reached_is_tried_again_and_counted_once(world: World) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [WAITING, WAITING]
    world.hand_over(a_notice(1))
    world.run(["n1"])
    assert world.channel.told == {("n1", one.subscriber_id): 1}
    assert counts() == Counts(total=1, sent=1)
    assert world.now - START > timedelta(minutes=1)


def crowd(world: World, *channels: Channel) -> list[Subscriber]:
    """More than ten in one shard, by each of these channels in turn."""
    made = [a_subscriber(number) for number in range(600 * len(channels))]
    shard = max(
        range(SHARDS), key=lambda at: sum(shard_of(one.subscriber_id) == at for one in made)
    )
    there = [one for one in made if shard_of(one.subscriber_id) == shard]
    there = [
        replace(one, channel=channel)
        for one, channel in zip(there, itertools.cycle(channels), strict=False)
    ]
    assert len(there) > 10 * len(channels)
    save_all(there)
    world.shards = {shard}
    return there


def test_while_nobody_is_reached_a_channel_rests_and_nobody_is_lost(world: World) -> None:
    there = crowd(world, "email")
    world.channel.answers = {one.subscriber_id: [WAITING] for one in there}
    world.hand_over(a_notice(1))
    one_turn(world)
    assert counts() == Counts(total=len(there), waiting=len(there))
    assert sum(not answers for answers in world.channel.answers.values()) == MOST_IN_A_ROW
    world.run(["n1"])
    assert counts() == Counts(total=len(there), sent=len(there))


@pytest.mark.parametrize("outcome", [WAITING, Outcome("unknown", "ReadTimeout")])
def test_a_relay_that_is_down_keeps_no_other_channel_waiting(
    world: World, outcome: Outcome
) -> None:
    there = crowd(world, "email", "webhook")
    world.channel.down = {"email": outcome}
    world.hand_over(a_notice(1))
    one_turn(world)
    assert told(world) == {one.subscriber_id for one in there if one.channel == "webhook"}
    assert counts().unknown == (MOST_IN_A_ROW if outcome.state == "unknown" else 0)


def test_who_waits_for_a_relay_is_told_once_when_it_is_back_after_six_hours(world: World) -> None:
    there = crowd(world, "email", "webhook")
    world.channel.down = {"email": WAITING}
    world.hand_over(a_notice(1))
    world.run(["n1"], until=START + timedelta(hours=6))
    by_webhook = {one.subscriber_id for one in there if one.channel == "webhook"}
    assert told(world) == by_webhook
    rests = 4 + 6 * 4
    assert world.channel.calls < len(by_webhook) + MOST_IN_A_ROW * rests
    world.channel.down = {}
    world.run(["n1"])
    assert world.channel.told == {("n1", one.subscriber_id): 1 for one in there}
    assert counts() == Counts(total=len(there), sent=len(there))
    assert world.now - START < timedelta(hours=7, minutes=45)


def test_who_is_not_reached_for_a_day_has_failed(world: World) -> None:
    there = crowd(world, "email")
    alone = one_in(world, Scope(), 9999, "sms")
    world.channel.down = {"email": WAITING, "sms": WAITING}
    world.hand_over(a_notice(1))
    for one in (there[0], alone):
        world.fan_out.go_on("n1", shard_of(one.subscriber_id), lambda: True)
    world.now = START + timedelta(hours=23)
    world.run(["n1"], until=START + timedelta(hours=23, minutes=30))
    assert counts() == Counts(total=len(there) + 1, waiting=len(there) + 1)
    world.run(["n1"])
    assert counts() == Counts(total=len(there) + 1, failed=len(there) + 1)
    assert world.now - START < timedelta(hours=24, minutes=30)
    assert table.subscriber(alone.subscriber_id)


def test_what_nobody_could_try_for_a_day_is_tried_once_more(world: World) -> None:
    """The function itself was away: that says nothing about the relay."""
    there = crowd(world, "email")
    world.channel.down = {"email": WAITING}
    world.hand_over(a_notice(1))
    one_turn(world)
    world.channel.down = {}
    world.now += timedelta(hours=30)
    world.run(["n1"])
    assert counts() == Counts(total=len(there), sent=len(there))


def test_a_try_again_is_overtaken_too(world: World) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [WAITING]
    world.hand_over(a_notice(1))
    world.fan_out.go_on("n1", shard_of(one.subscriber_id), lambda: True)
    world.hand_over(a_notice(2))
    world.run(["n1", "n2"])
    assert counts() == Counts(total=1, overtaken=1)
    assert told(world, "n2") == {one.subscriber_id}


def test_who_left_meanwhile_is_not_tried_again(world: World) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [WAITING]
    world.hand_over(a_notice(1))
    world.fan_out.go_on("n1", shard_of(one.subscriber_id), lambda: True)
    asks.leave(one.subscriber_id)
    world.run(["n1"])
    assert not world.channel.told
    assert counts() == Counts(total=1, failed=1)


def test_what_may_have_arrived_is_not_sent_again(world: World) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [Outcome("unknown", "ReadTimeout")]
    world.hand_over(a_notice(1))
    world.run(["n1"])
    assert not world.channel.told
    assert counts() == Counts(total=1, unknown=1)


@pytest.mark.parametrize(("failures", "aside"), [(9, False), (10, True)])
def test_ten_failures_of_a_webhook_within_an_hour_end_its_subscription(
    world: World,
    failures: int,
    aside: bool,  # noqa: FBT001
) -> None:
    one = one_in(world, Scope(), channel="webhook")
    world.channel.answers[one.subscriber_id] = [Outcome("failed", "http_404")] * failures
    for number in range(failures):
        world.hand_over(a_notice(number, overtakes=f"another {number}"))
        world.run([f"n{number}"])
    assert (table.subscriber(one.subscriber_id) is None) is aside
    kept = tables.query(TABLE, f"SHARD#{shard_of(one.subscriber_id):02d}", begins="ASIDE#")
    assert len(kept.images) == aside
    assert all("expires_at" in image for image in kept.images)


@pytest.mark.parametrize("outcome", [WAITING, Outcome("failed", "no_channel")])
def test_a_relay_for_all_that_fails_ends_no_subscription(world: World, outcome: Outcome) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [outcome] * 12
    for number in range(12):
        world.hand_over(a_notice(number, overtakes=f"another {number}"))
        world.run([f"n{number}"])
    assert table.subscriber(one.subscriber_id)


def test_failures_spread_over_hours_end_nothing(world: World) -> None:
    one = one_in(world, Scope(), channel="webhook")
    world.channel.answers[one.subscriber_id] = [Outcome("failed", "http_404")] * 12
    for number in range(12):
        world.hand_over(a_notice(number, overtakes=f"another {number}"))
        world.run([f"n{number}"])
        world.now += timedelta(minutes=10)
    assert table.subscriber(one.subscriber_id)


def test_an_address_refused_for_good_is_asked_no_more(world: World) -> None:
    one = one_in(world, Scope())
    world.channel.answers[one.subscriber_id] = [Outcome("failed", "550", gone=True)]
    world.hand_over(a_notice(1))
    world.run(["n1"])
    assert table.subscriber(one.subscriber_id) is None


def test_a_job_that_somebody_holds_is_taken_by_nobody_else_until_its_time_is_over(
    world: World,
) -> None:
    one = one_in(world, Scope())
    world.hand_over(a_notice(1))
    shard = shard_of(one.subscriber_id)
    assert jobs.take("n1", shard, world.now)
    world.fan_out.go_on("n1", shard, lambda: True)
    assert not world.channel.told
    world.now += HELD_FOR + timedelta(seconds=1)
    world.run(["n1"])
    assert told(world) == {one.subscriber_id}


def test_the_same_notice_handed_over_again_changes_nothing(world: World) -> None:
    one_in(world, Scope())
    for _ in range(2):
        world.hand_over(a_notice(1), a_notice(1))
        world.run(["n1"])
    assert sum(world.channel.told.values()) == 1


class Context:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


def test_what_nobody_took_up_in_time_is_rung_for_by_the_clock(world: World) -> None:
    """As the clock starts the function: with an event that has no records."""
    world.now = START - timedelta(days=300)
    world.hand_over(a_notice(1))
    before = {job.version for job in jobs.jobs("n1")}
    stream.fan_out({"source": "aws.events", "detail": {}}, Context())
    assert before == {1}
    assert {(job.turn, job.version) for job in jobs.jobs("n1")} == {("ready", 2)}
