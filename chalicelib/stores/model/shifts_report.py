"""What a closed shift says for ever, and why a shift is not opened or closed."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.kernel.errors import Conflict, NotAllowed, Text

COUNTED = ("cash", "wechat_pay", "alipay", "card")
Countable = Literal["cash", "wechat_pay", "alipay", "card"]
Why = Literal["", "offline", "earlier", "between", "overdue"]


class NoTill(NotAllowed):
    """A shift is a till's: who calls from none has no drawer to open."""

    code = "no_till"
    title = Text("请在收银终端上操作", "This is done at a till")
    hint = Text(
        "请用收银终端的密钥，或在终端上登录的店员账号。",
        "Use a terminal's key, or a staff session that was made at a terminal.",
    )


class ShiftOpen(Conflict):
    """The till has an open shift already."""

    code = "shift_open"
    title = Text("该终端已有未交班的班次", "The till has an open shift")
    detail = Text("请先关闭班次 {open_shift}。", "Close the shift {open_shift} first.")


class ShiftClosed(Conflict):
    """A closed shift is final."""

    code = "shift_closed"
    title = Text("班次已关闭，不能更改", "The shift is closed and does not change")
    hint = Text("请在下一班次里更正。", "Put it right in the next shift.")


class Count(msgspec.Struct, frozen=True):
    method: str
    amount_fen: int


class Way(msgspec.Struct, frozen=True):
    """One way of payment. `expected_fen` is the drawer's: float, and what was taken and paid out since the opening.

    What needs no count, or was not counted, has neither `counted_fen` nor `difference_fen`.
    """

    method: str
    taken_fen: int
    expected_fen: int
    counted_fen: int | None
    difference_fen: int | None


class Kind(msgspec.Struct, frozen=True):
    kind: str
    count: int
    total_fen: int


class Shown(msgspec.Struct, frozen=True):
    """An entry that is shown apart."""

    entry_id: str
    kind: str
    name: str
    amount_fen: int
    occurred_at: datetime
    booked_at: datetime


class Apart(msgspec.Struct, frozen=True):
    """Entries shown apart, the first of them one by one.

    `offline`: came through a journal, and happened in this shift: in the drawer. Not expected in it: `earlier`,
    happened before the opening; `between`, booked while no shift was open; `overdue`, booked before the shift before
    was closed and not seen then.
    """

    why: Why
    in_drawer: bool
    count: int
    ways: tuple[Count, ...]
    entries: tuple[Shown, ...]


class Report(msgspec.Struct, frozen=True):
    """What a closed shift says for ever. `number` is gapless in its store."""

    closed_at: datetime
    closed_by: str
    ways: tuple[Way, ...]
    kinds: tuple[Kind, ...]
    apart: tuple[Apart, ...]
    fingerprint: str
    note: str | None = None
    number: int = 0
