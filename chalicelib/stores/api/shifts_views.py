"""What callers read of shifts."""

from typing import Literal

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.stores.model.shifts import Shift
from chalicelib.stores.model.shifts_report import Apart, Count, Kind, Way, Why


class ApartEntry(msgspec.Struct):
    entry_id: str
    kind: str
    name: str
    amount_fen: int
    occurred_at: At
    booked_at: At


class ApartView(msgspec.Struct):
    """`why` it is shown apart. `offline`: came through a journal and happened in this shift; the drawer has it.

    The others are not expected in the drawer. `earlier`: happened before the opening. `between`: booked while the till
    had no shift open. `overdue`: booked before the shift before was closed, and not seen then. `entries` are the first
    50 of `count`.
    """

    why: Why
    in_drawer: bool
    count: int
    ways: list[Count]
    entries: list[ApartEntry]


class ShiftView(msgspec.Struct):
    """Once closed: `number` has no gap in its store, `ways` has each way of payment, `kinds` all that was counted.

    Of a way that needs no count, or was not counted, `counted_fen` and `difference_fen` are null.
    """

    shift_name: str
    store_id: str
    till_id: str
    state: Literal["open", "closed"]
    float_fen: int
    opened_by: str | None
    opened_at: At
    number: int | None = None
    closed_at: At | None = None
    closed_by: str | None = None
    note: str | None = None
    ways: list[Way] = []
    kinds: list[Kind] = []
    apart: list[ApartView] = []


class ShiftList(msgspec.Struct):
    items: list[ShiftView]
    next_cursor: str | None


def shift_view(shift: Shift) -> ShiftView:
    view = ShiftView(
        shift_name=shift.name,
        store_id=shift.store_id,
        till_id=shift.till_id,
        state="open",
        float_fen=shift.float_fen,
        opened_by=shift.opened_by,
        opened_at=at(shift.opened_at),
    )
    if report := shift.report:
        view.state = "closed"
        view.number = report.number
        view.closed_at = at(report.closed_at)
        view.closed_by = report.closed_by
        view.note = report.note
        view.ways = list(report.ways)
        view.kinds = list(report.kinds)
        view.apart = [_apart(each) for each in report.apart]
    return view


def _apart(apart: Apart) -> ApartView:
    entries = [
        ApartEntry(
            each.entry_id, each.kind, each.name, each.amount_fen, at(each.occurred_at), at(each.booked_at)
        )
        for each in apart.entries
    ]  # fmt: skip
    return ApartView(apart.why, apart.in_drawer, apart.count, list(apart.ways), entries)
