"""Proving orders: each repeats its entry, and what it says was given back is what refunds gave back."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from chalicelib.adapters.tables import Image
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.books import REFUNDS
from chalicelib.ledger.model.books_words import (
    Difference,
    differing_fields,
    gave_back,
    not_as_said,
    said_back,
)
from chalicelib.ledger.table import accounts
from chalicelib.ledger.table import books as table

JOINED_AT_MOST = 20  # a member joined into one who joined another, and so on


def given_back_differs(sold_id: str, also: str | None = None) -> list[Difference]:
    """What an order says was given back, held against the refunds of its member, of whom they became, and of `also`.

    A purchase that was handed over may have been paid back to others: there the order may say more, and not less.
    """
    first = _given_back_differs(sold_id, also)
    return [each for each in first if each in _given_back_differs(sold_id, also)] if first else []


def _given_back_differs(sold_id: str, also: str | None) -> list[Difference]:
    images = table.entry_images([sold_id], consistent=True)
    sold = next(_readable(images.values()), None)
    if sold is None:
        return []  # said where it is missing
    key = table.order_key_of(sold, sold.kind)
    order = table.orders_by_key([key], consistent=True).get(key)
    if order is None:
        return []  # said where its entry is looked at
    due = said_back(order, sold)
    for member_id in dict.fromkeys([*_became(sold.member_id), *([also] if also else [])]):
        for each in _readable(table.entries(member_id)):
            if each.corrects == sold_id and each.kind in REFUNDS:
                due.subtract(gave_back(each))
    wrong = any(due.values()) if sold.kind == "spend" else min(due.values()) < 0
    return [not_as_said(sold.member_id, sold_id, due)] if wrong else []


def _became(member_id: str) -> Iterator[str]:
    following: str | None = member_id
    for _ in range(JOINED_AT_MOST):
        if following is None:
            return
        yield following
        now = accounts.read_now(following, consistent=True)
        account = next((each for each in now if accounts.is_account(each)), {})
        following = account["closed_into"]["S"] if "closed_into" in account else None


def orders_that_differ(images: Iterable[Image]) -> list[Difference]:
    """Orders that do not repeat their entry."""
    suspect = _not_repeating(images, consistent=False)
    if not suspect:
        return []
    keys = [(image["pk"]["S"], image["sk"]["S"]) for image, _ in suspect]
    again = [image for key in keys if (image := table.order_image(key))]
    return [difference for _, difference in _not_repeating(again, consistent=True)]


def _not_repeating(images: Iterable[Image], *, consistent: bool) -> list[tuple[Image, Difference]]:
    said = [(image, _order(image)) for image in images]
    ids = [order.entry_id for _, order in said if isinstance(order, EntryPosted)]
    there = table.entry_images(ids, consistent=consistent)
    differences = [(image, _compared(image, order, there)) for image, order in said]
    return [(image, each) for image, each in differences if each]


def _order(image: Image) -> EntryPosted | str:
    """What it repeats, or why it cannot be read."""
    try:
        return facts.decode(image)
    except table.UNREADABLE as error:
        return type(error).__name__


def _compared(image: Image, order: EntryPosted | str, there: dict[str, Image]) -> Difference | None:
    name = image["pk"]["S"].removeprefix(table.ORDER).replace("#", " ", 2)
    if isinstance(order, str):
        return Difference(name, f"the order cannot be read: {order}", _ids(image))
    if order.entry_id not in there:
        words = f"the order stands for {order.entry_id}, which is not there"
        return Difference(name, words, (order.entry_id,))
    entry = next(_readable([there[order.entry_id]]), order)
    if fields := differing_fields(order, entry):
        words = f"the order differs from its entry in {', '.join(fields)}"
        return Difference(name, words, (entry.entry_id,))
    return None


def _ids(image: Image) -> tuple[str, ...]:
    """Of the entry that an unreadable order stands for, if that much can be read."""
    member_id, seq = image.get("member_id", {}).get("S"), image.get("seq", {}).get("N")
    return (f"{member_id}-{seq}",) if member_id and seq else ()


def _readable(images: Iterable[Image]) -> Iterator[EntryPosted]:
    """Those that can be read; the others are told of with their own member."""
    for image in images:
        with suppress(*table.UNREADABLE):
            yield facts.decode(image)
