"""`make reconcile` and `python -m infra.figures`, over the tables of this module."""

import sys
from collections.abc import Iterator

import pytest

from chalicelib.ledger.facts import Payment
from chalicelib.stores.service import figures as service
from infra import figures, reconcile, stages
from tests.house import House
from tests.integration.ledger.bookkeeping import Hand, Shop, account_key, number


@pytest.fixture(autouse=True)
def _in_no_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "enter", lambda *_: None)


@pytest.fixture
def hand() -> Iterator[Hand]:
    made = Hand()
    yield made
    made.put_back()


@pytest.fixture(scope="module")
def shop(house: House) -> Shop:
    made = Shop(house)
    made.spend(made.member(), Payment("cash", 900), Payment("balance", 600))
    return made


def called(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["command", *arguments])


def test_right_books_answer_0_and_say_what_was_read(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop
    called(monkeypatch, "--stage", "local")
    assert reconcile.main() == 0
    assert "1 members, 2 entries, 2 orders, 0 differences" in capsys.readouterr().out


def test_books_that_differ_answer_1_and_name_the_entries(
    shop: Shop, hand: Hand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    member_id = shop.posted[0].member_id
    hand.change(account_key(member_id), balance_fen=number(1))
    called(monkeypatch, "--stage", "local")
    assert reconcile.main() == 1
    said = " ".join(capsys.readouterr().out.split())
    assert f"the balance that it says: 1, the entries come to 54400 ({member_id}-2)" in said


def test_figures_are_made_anew_by_command(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service.count(shop.posted)
    day = shop.posted[0].business_date
    called(monkeypatch, "--rebuild", "--store", "s1", "--date", day)
    assert figures.main() == 0
    assert "1 days, 0 differed." in capsys.readouterr().out
