"""Order lines: what each comes to after the discount, and how much of it each way of payment paid."""

from collections.abc import Sequence

import msgspec

from chalicelib.kernel.errors import invalid
from chalicelib.kernel.shares import shares
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.asked import Line

Cells = list[list[int]]


class KeptLine(Line, forbid_unknown_fields=False):
    """As it was kept, by a newer release perhaps."""


_read = msgspec.json.Decoder(list[KeptLine])


def read(lines: str | None) -> Sequence[Line]:
    return _read.decode(lines) if lines else []


def told(lines: Sequence[Line]) -> str | None:
    return msgspec.json.encode(lines).decode() if lines else None


def nets(total_fen: int, lines: Sequence[Line]) -> list[int]:
    """What each line comes to in `total_fen`; an order without lines is one."""
    return shares(total_fen, [line.amount_fen for line in lines] or [1])


def cells(total_fen: int, payments: Sequence[Payment], lines: Sequence[Line]) -> Cells:
    """A row for each payment, a column for each line: the rows add up to the payments, the columns to the lines' nets.

    What pays for one line only goes first. Raises InvalidRequest where that line does not come to as much.
    """
    left = nets(total_fen, lines)
    made: dict[int, list[int]] = {}
    for at in sorted(range(len(payments)), key=lambda at: payments[at].line is None):
        made[at] = _row(payments[at], at, left)
        left = [net - paid for net, paid in zip(left, made[at], strict=True)]
    return [made[at] for at in range(len(payments))]


def _row(payment: Payment, at: int, left: Sequence[int]) -> list[int]:
    if payment.line is None:
        return shares(payment.amount_fen, left)
    if payment.line >= len(left) or left[payment.line] < payment.amount_fen:
        raise invalid(
            f"/payments/{at}/line",
            "该行不存在，或金额不足以由这笔支付承担",
            "there is no such line, or it does not come to as much",
        )
    return [payment.amount_fen if n == payment.line else 0 for n in range(len(left))]


def empty(like: Cells) -> Cells:
    return [[0] * len(row) for row in like]


def plus(one: Cells, other: Cells) -> Cells:
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]


def minus(one: Cells, other: Cells) -> Cells:
    return [[a - b for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]


def summed(cells: Cells) -> int:
    return sum(sum(row) for row in cells)


def column(cells: Cells, number: int) -> list[int]:
    return [row[number] for row in cells]


def split(amount: int, over: Cells) -> Cells:
    """`amount` over all cells in proportion to them; no cell gets more than it holds."""
    width = len(over[0])
    flat = shares(amount, [cell for row in over for cell in row])
    return [flat[at : at + width] for at in range(0, len(flat), width)]
