"""Receipts as SMS providers push them: arrays of items, each read by itself."""

from collections.abc import Callable
from typing import Annotated, NamedTuple, Protocol, TypeVar

import msgspec

from chalicelib.adapters.sms import Report


class Batch(NamedTuple):
    """`malformed` items said nothing that could be read; the others are none the worse for them."""

    reports: list[Report]
    malformed: int


class Item(Protocol):
    def report(self) -> Report: ...


Short = Annotated[str, msgspec.Meta(max_length=256)]  # what is longer is no name and no time
Kind = TypeVar("Kind", bound=Item)
Read = Callable[[bytes], Batch]


def read(body: bytes, kind: type[Kind]) -> Batch:
    """Raises nothing, whatever the body is: what cannot be read today cannot be read tomorrow."""
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (ValueError, RecursionError):
        return Batch([], 1)
    reports = [report for item in items if (report := _report(item, kind))]
    return Batch(reports, len(items) - len(reports))


def _report(item: msgspec.Raw, kind: type[Kind]) -> Report | None:
    try:
        report = msgspec.json.decode(item, type=kind).report()
    except (ValueError, RecursionError):
        return None
    return report if report.serial_no or report.reference else None
