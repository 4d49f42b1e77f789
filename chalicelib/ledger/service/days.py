"""What a store's day holds, for who adds it up."""

from collections.abc import Iterable, Iterator

from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.table import books as table


def day(store_id: str, business_date: str) -> Iterator[EntryPosted]:
    """All entries of a business day, kind by kind, from an index that may lag a moment behind."""
    return map(facts.decode, table.whole_day(store_id, business_date))


def entries(ids: Iterable[str]) -> list[EntryPosted]:
    """These, as they are now, in no order. Raises LookupError where one is not there."""
    wanted = set(ids)
    found = table.entry_images(wanted, consistent=True)
    if missing := wanted - found.keys():
        raise LookupError(f"no such entries: {sorted(missing)}")
    return [facts.decode(image) for image in found.values()]
