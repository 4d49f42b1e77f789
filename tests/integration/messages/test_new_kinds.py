"""Entries of every kind, as the ledger writes them: swept where no stream brought them, and searched."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.ledger import built as ledger_built
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.gifts import TransferOut
from chalicelib.ledger.model.rules import BalanceRules, Rules
from chalicelib.ledger.model.top_ups import TopUp
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.service.expiry import Expiring
from chalicelib.messages import built, table
from chalicelib.messages.model.message import NAMED, OF_NO_STORE
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.sweep import EACH_RUN, RARER_EVERY, SETTLED, Sweeper
from tests.client import Client
from tests.house import BY, House

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
RULES = Rules(balance=BalanceRules(bonus_valid_days=10), day_cut_hour=6)
ALWAYS: Callable[[], bool] = lambda: True  # noqa: E731
S1 = "/v1/stores/s1"


class Turned:
    """Each test begins where the one before has surely ended, as a sweeper never looks back."""

    begun = count()

    def __init__(self) -> None:
        self.now = START + timedelta(days=20) * next(self.begun)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def turned() -> Turned:
    return Turned()


@pytest.fixture
def desk(house: House, turned: Turned) -> Ledger:
    assert house
    return Ledger(ledger_built.ledger().members, lambda: RULES, turned)


def swept(house: House, desk: Ledger, turned: Turned) -> Sweeper:
    """As `built.sweeper`, with the clock and the rules of this test."""

    def nowhere() -> Any:  # noqa: ANN401
        made = built.nowhere()
        return type(made)("", "", desk.rules().zone, desk.rules().day_cut_hour)

    return Sweeper(lambda: [house.store], nowhere, desk.booked_between, lambda _: None, turned)


def topped_up(house: House, desk: Ledger) -> str:
    made = house.register(f"137{random.randrange(10**8):08d}")
    posting = TopUp(
        store=house.store,
        order_name=f"{made}-t",
        paid=Payment("cash", 10_000),
        bonus_fen=2_000,
        free=True,
    )
    desk.take(made, posting, "same", BY)
    return made


def entries(desk: Ledger, member_id: str) -> list[EntryPosted]:
    """All of them, also those that a history does not show."""
    found = [desk.entry(f"{member_id}-{seq}") for seq in range(1, 20)]
    return [entry for entry in found if entry]


def untold(made: Sequence[EntryPosted]) -> list[str]:
    absent = table.missing([entry.message_id for entry in made])
    return [entry.kind for entry in made if entry.message_id in absent]


def test_the_sweeper_finds_what_no_till_has_named(
    house: House, desk: Ledger, turned: Turned
) -> None:
    """Top-up, notice and expiry of one, a transfer between two: no stream brought any of them."""
    sweeper = swept(house, desk, turned)
    sweeper.run(ALWAYS)
    giving, taking = topped_up(house, desk), topped_up(house, desk)
    out = TransferOut(store=house.store, order_name=f"{giving}-x", other_id=taking, amount_fen=100)
    desk.transfer(giving, out, "same", BY)
    turned.now += timedelta(days=5)
    Expiring(desk).look_at(giving)
    turned.now += SETTLED
    sweeper.run(ALWAYS)
    turned.now += timedelta(days=6)
    Expiring(desk).look_at(giving)
    made = [*entries(desk, giving), *entries(desk, taking)]
    assert sorted({entry.kind for entry in made}) == [
        "expiry", "expiry_notice", "top_up", "transfer_in", "transfer_out",
    ]  # fmt: skip
    assert "expiry" in untold(made)
    turned.now += SETTLED
    for _ in range(2):
        sweeper.looked.clear()
        sweeper.run(ALWAYS)
    assert untold(made) == []


def test_what_expired_just_before_a_spend_is_told_too(
    house: House, desk: Ledger, turned: Turned
) -> None:
    """Its entry comes with another's, and no name lists it."""
    member_id = topped_up(house, desk)
    turned.now += timedelta(days=11)
    posting = TopUp(store=house.store, order_name=f"{member_id}-u", paid=Payment("cash", 100))
    desk.take(member_id, posting, "same", BY)
    turned.now += SETTLED
    swept(house, desk, turned).run(ALWAYS)
    made = entries(desk, member_id)[1:]
    assert [entry.kind for entry in made] == ["expiry", "top_up"]
    assert untold(made) == []


def test_the_rarer_kinds_are_asked_for_every_ten_minutes(
    house: House, desk: Ledger, turned: Turned
) -> None:
    asked: list[tuple[str, str]] = []

    def booked_between(
        store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
    ) -> list[EntryPosted]:
        assert bounds[0] <= bounds[1]
        asked.append((store_id, kind))
        del date, limit
        return []

    made = swept(house, desk, turned)
    sweeper = Sweeper(made.stores, made.nowhere, booked_between, made.go_on, turned)
    sweeper.run(ALWAYS)
    everything = {(house.store.store_id, kind) for kind in (*NAMED, "transfer_in")}
    everything |= {("", kind) for kind in OF_NO_STORE}
    assert set(asked) == everything
    asked.clear()
    turned.now += RARER_EVERY - timedelta(minutes=1)
    sweeper.run(ALWAYS)
    assert {kind for _, kind in asked} == EACH_RUN
    asked.clear()
    turned.now += timedelta(minutes=1)
    sweeper.run(ALWAYS)
    assert set(asked) == everything


def test_the_chains_own_day_is_that_of_its_rules(house: House) -> None:
    assert house.office.put("/v1/rules", {"day_cut_hour": 7}, if_match="*").status == 200
    ledger_built.forget()
    assert built.nowhere().day_cut_hour == 7
    assert built.nowhere().store_id == ""


# Over HTTP


@pytest.fixture
def manager(house: House) -> Client:
    return house.staff(house.store, "store_manager", "03")


def refunded(house: House, manager: Client, name: str) -> EntryPosted:
    """A refund of a spend of the same name."""
    member_id = house.register(f"138{random.randrange(10**8):08d}")
    body = {
        "member_id": member_id,
        "total_fen": 6800,
        "payments": [{"method": "cash", "amount_fen": 6800}],
    }
    assert house.till.put(f"{S1}/spends/{name}", body).status == 201
    reply = manager.put(f"{S1}/refunds/{name}", {"out_trade_no": name, "reason": "cold"})
    assert reply.status == 201, reply.text
    made = entries(ledger_built.ledger(), member_id)
    announce(made, clock.now())
    return made[-1]


def searched(client: Client, **asked: str) -> list[tuple[str, str]]:
    reply = client.post("/v1/messages/search", asked)
    assert reply.status == 200, reply.text
    return [(item["kind"], item["spend_id"]) for item in reply.json["items"]]


def test_a_refund_is_found_by_its_entry_and_by_its_name_beside_the_spend(
    house: House, manager: Client
) -> None:
    refund = refunded(house, manager, "cold-soup")
    told = ("refund", refund.entry_id)
    assert searched(manager, spend_id=refund.entry_id) == [told]
    spend = ("spend", f"{refund.member_id}-1")
    assert searched(manager, out_trade_no="cold-soup") == [spend, told]


def test_a_search_by_name_asks_once_for_all_kinds(
    house: House, manager: Client, counting: list[str]
) -> None:
    refunded(house, manager, "cold-tea")
    counting.clear()
    searched(manager, out_trade_no="cold-tea")
    assert counting.count("BatchGetItem") == 1
    assert len([name for name in counting if name != "BatchGetItem"]) <= 3


def test_the_member_reads_of_the_refund_in_the_inbox(house: House, manager: Client) -> None:
    refund = refunded(house, manager, "cold-rice")
    inbox = house.member(refund.member_id).get("/v1/me/messages", accept_language="zh-CN").json
    assert [item["kind"] for item in inbox["items"]] == ["refund", "spend"]
    assert "为您退款68.00元，按原支付方式退回，储值余额0.00元。" in inbox["items"][0]["text"]
