"""Journals handed in while DynamoDB fails before and after the effect of every call, by two tills' calls at once."""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.built import ledger
from chalicelib.members.model import Trail
from chalicelib.stores import built
from chalicelib.stores.model.held import SettledOtherwise, Way
from chalicelib.stores.model.replays import Outcome, Signed
from chalicelib.stores.service import devices
from tests.house import BY, House, settled
from tests.integration.stores.journals import Pen, Record, card_of, hand_in, registered
from tests.simulation.database_faults import bad_day

RECORDS, SHARE, MOST_CALLS = 300, 0.3, 3000
FINAL = {"taken", "replayed", "held", "refused"}


def journal_of(chance: random.Random, pen: Pen, members: Sequence[str]) -> list[Record]:
    """Cash, the balance on a good card, and the balance on one that had expired: every seventh."""
    month = timedelta(days=30)
    good = {each: card_of(each, 10_000_000) for each in members}
    bad = {each: card_of(each, 10_000_000, issued_at=clock.now() - month) for each in members}
    sold = []
    for number in range(RECORDS):
        member_id, fen = chance.choice(members), chance.randrange(1, 2000)
        if number % 7 == 0:
            sold.append(pen.sell(member_id, fen, method="balance", card=bad[member_id]))
        elif number % 2:
            sold.append(pen.sell(member_id, fen, method="balance", card=good[member_id]))
        else:
            sold.append(pen.sell(member_id, fen))
    return sold


def handed_in(
    store_id: str, device_id: str, records: Sequence[Record], seed: int
) -> list[set[Outcome]]:
    """What a till does that knows no better: random batches, again and again, until each record is named."""
    chance, by = random.Random(seed), BY._replace(request_id=f"till-{seed}")
    told: list[set[Outcome]] = [set() for _ in records]
    for _ in range(MOST_CALLS):
        left = [at for at, outcomes in enumerate(told) if not outcomes & FINAL]
        if not left:
            return told
        known = [at for at in range(len(records)) if at not in left]
        batch = chance.sample(left, min(len(left), chance.randrange(1, 60)))
        batch += chance.sample(known, min(len(known), 5))
        chance.shuffle(batch)
        for at, outcome in replayed(store_id, device_id, batch, records, by):
            told[at].add(outcome)
    raise AssertionError(f"{len(left)} records were never named")


def replayed(
    store_id: str, device_id: str, batch: Sequence[int], records: Sequence[Record], by: Stamp
) -> list[tuple[int, Outcome]]:
    from chalicelib.access.model import Store  # noqa: PLC0415 - in a process of its own

    sent = [Signed(**records[at]) for at in batch]
    try:
        answer = built.replays().replay(
            Store(store_id, "First Store"), device_id, sent, till_id=None, by=by
        )
    except TryAgain:
        return []
    assert not any(result.code == "internal_error" for result in answer.results)
    return [(at, result.outcome) for at, result in zip(batch, answer.results, strict=True)]


def assert_each_is_there_once(house: House, pen: Pen, members: Sequence[str]) -> None:
    held = [f"{pen.device_id}-{n + 1}" for n in range(0, RECORDS, 7)]
    sold = {f"{pen.device_id}-{n + 1}" for n in range(RECORDS)} - set(held)
    posted: Counter[str] = Counter()
    for member_id in members:
        trail: Trail | None = Trail(member_id)
        while trail:
            page = ledger().history(trail, 100)
            posted.update(each.order_name for each in page.entries if each.kind == "spend")
            trail = page.next
    assert posted == Counter(dict.fromkeys(sold, 1))

    [kept] = devices.kept([pen.device_id])
    assert (kept.journal.complete_to, kept.journal.highest) == (RECORDS, RECORDS)
    assert (kept.journal.broken, kept.journal.forked) == (frozenset(), frozenset())

    queue, last = [], None
    while True:
        page_of, last = built.queue().page(house.store.store_id, "open", 100, last)
        queue += [each.out_trade_no for each in page_of if each.device_id == pen.device_id]
        if last is None:
            break
    assert Counter(queue) == Counter(dict.fromkeys(held, 1))


def members_of(house: House, seed: int) -> list[str]:
    made = []
    for number in range(3):
        made.append(house.register(f"1371{seed:02d}{number:05d}"))
        house.top_up(made[-1], f"top-up-{seed}-{number}", 1_000_000)
    return made


@pytest.mark.parametrize("seed", [1, 2])
def test_every_record_is_posted_or_held_once_whatever_the_database_does(
    house: House, seed: int
) -> None:
    members, pen = members_of(house, seed), registered(house, f"bad-day-{seed}")
    records = journal_of(random.Random(seed), pen, members)
    with bad_day(seed, SHARE) as drawn, ThreadPoolExecutor(2) as tills:
        both = list(tills.map(partial(handed_in, "s1", pen.device_id, records), [seed, seed + 10]))
    assert {"no line", "no answer", "throttled", "conflict"} <= set(drawn)
    for told in both:
        for number, outcomes in enumerate(told):
            final = outcomes & FINAL
            assert final == {"held"} if number % 7 == 0 else final <= {"taken", "replayed"}
    assert_each_is_there_once(house, pen, members)

    again = hand_in(house.till, pen, records[:200])
    assert {each["outcome"] for each in again["items"]} == {"replayed", "held"}
    assert_each_is_there_once(house, pen, members)


_together: list[Barrier] = []


def begin_with(barrier: Barrier) -> None:
    _together.append(barrier)


def in_a_process_of_its_own(
    url: str, names: dict[str, str], device_id: str, records: Sequence[Record], seed: int
) -> list[set[Outcome]]:
    with settled(url, names):
        _together[0].wait(60)
        return handed_in("s1", device_id, records, seed)


def test_two_processes_with_the_same_journal_post_each_record_once(
    house: House, dynamodb_local: str, tables: dict[str, str]
) -> None:
    members, pen = members_of(house, 9), registered(house, "two-processes")
    records = journal_of(random.Random(9), pen, members)
    work = partial(in_a_process_of_its_own, dynamodb_local, tables, pen.device_id, records)
    spawn = get_context("spawn")
    begin = (spawn.Barrier(2),)
    with ProcessPoolExecutor(2, spawn, begin_with, begin) as processes:
        both = list(processes.map(work, [1, 2]))
    taken = [["taken" in outcomes for outcomes in told] for told in both]
    assert all(sum(pair) <= 1 for pair in zip(*taken, strict=True))
    assert_each_is_there_once(house, pen, members)


def decided(house: House, way: Way, held_id: str) -> str:
    """A manager who presses the button until there is an answer."""
    for _ in range(MOST_CALLS):
        try:
            return built.queue().settle(house.store, held_id, way, "查实", BY).held.name
        except TryAgain:
            continue
        except SettledOtherwise:
            return "settled otherwise"
    raise AssertionError("never answered")


def test_two_managers_and_a_bad_day_settle_each_held_sale_one_way_once(house: House) -> None:
    [member_id] = members_of(house, 5)[:1]
    pen = registered(house, "settled-on-a-bad-day")
    old = card_of(member_id, 1_000_000, issued_at=clock.now() - timedelta(days=30))
    sold = [pen.sell(member_id, 100 + n, method="balance", card=old) for n in range(30)]
    ids = [each["held_id"] for each in hand_in(house.till, pen, sold)["items"]]
    with bad_day(5, SHARE) as drawn, ThreadPoolExecutor(2) as managers:
        charging = managers.submit(lambda: [decided(house, "charge", each) for each in ids])
        cancelling = managers.submit(lambda: [decided(house, "cancel", each) for each in ids[::-1]])
        charged, cancelled = charging.result(), cancelling.result()[::-1]
    assert drawn
    lost = "settled otherwise"
    assert all(
        (one == lost) != (other == lost) for one, other in zip(charged, cancelled, strict=True)
    )
    posted = [
        each.order_name
        for each in ledger().history(Trail(member_id), 100).entries
        if each.kind == "spend"
    ]
    assert sorted(posted) == sorted(name for name in charged if name != lost)
    found = [built.queue().read("s1", each).settlement for each in ids]
    assert [each and each.done for each in found] == [True] * len(ids)
