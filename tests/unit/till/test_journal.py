"""What the journal keeps of an order that is made a second time."""

from datetime import UTC, datetime
from pathlib import Path

from dengta_till import Payment, orders
from dengta_till.journal import Journal

NOW = datetime(2026, 11, 22, 4, 5, 6, tzinfo=UTC)
MEMBER = "01KAMRZ3N8V6Q4T2Y7X5W9D1BC"


def test_what_was_given_up_and_never_left_is_wanted_when_it_is_sold_after_all(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path / "journal.sqlite3")
    draft = orders.spend("n-1", MEMBER, 5, [Payment("cash", 5)], occurred_at=NOW)
    first = journal.begin(draft, NOW)
    journal.refuse_goods("spend", "n-1", "the member left")
    assert journal.withdraw(first, NOW)
    sold = journal.decide(journal.begin(draft, NOW), "taken", {}, NOW)
    assert (sold.state, sold.unwanted) == ("taken", None)
    assert journal.unclear() == [], "nothing to void"
    journal.close()
