"""A spend that was taken, with what has been given back of it, and what a part of it comes to."""

from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.kernel.shares import shares
from chalicelib.ledger.facts import EntryPosted, LotKind
from chalicelib.ledger.model import lines
from chalicelib.ledger.model.asked import Line, LinePart
from chalicelib.ledger.model.lines import Cells
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.refusals import NothingLeft, RefundTooHigh


class Refunded(msgspec.Struct, frozen=True):
    """Given back so far: of each payment and line, units of each line, of each move; and the points taken back."""

    cells: Cells
    units: list[int]
    moves: list[int]
    points_taken: int = 0


class Sold(msgspec.Struct, frozen=True):
    order: Order
    entry: EntryPosted
    lines: Sequence[Line]
    cells: Cells
    so_far: Refunded

    @classmethod
    def of(cls, order: Order, entry: EntryPosted) -> "Sold":
        order_lines = lines.read(order.lines)
        cells = lines.cells(entry.total_fen, entry.payments, order_lines)
        if order.refunded:
            so_far = msgspec.json.decode(order.refunded, type=Refunded)
        else:
            so_far = Refunded(lines.empty(cells), [0] * len(order_lines), [0] * len(entry.moves))
        return cls(order, entry, order_lines, cells, so_far)

    @property
    def left(self) -> Cells:
        return lines.minus(self.cells, self.so_far.cells)

    @property
    def left_fen(self) -> int:
        return lines.summed(self.left)

    def all_left(self) -> Cells:
        """Raises NothingLeft."""
        left = self.left
        if not lines.summed(left):
            raise NothingLeft
        return left

    def some(self, amount_fen: int) -> Cells:
        """`amount_fen` of what is left, over payments and lines in proportion. Raises NothingLeft, RefundTooHigh."""
        left = self.left
        left_fen = lines.summed(left)
        if amount_fen > left_fen:
            raise RefundTooHigh(left_fen=left_fen) if left_fen else NothingLeft
        return lines.split(amount_fen, left)

    def of_lines(self, parts: Sequence[LinePart]) -> Cells:
        """Each line by the payments that paid for it. Raises NothingLeft, RefundTooHigh."""
        back, left = lines.empty(self.cells), self.left
        for part in parts:
            column = lines.column(left, part.line)
            given = shares(self._comes_to(part, sum(column)), column)
            for row, fen in zip(back, given, strict=True):
                row[part.line] += fen
        if not lines.summed(back):
            raise NothingLeft
        return back

    def units_after(self, parts: Sequence[LinePart]) -> list[int]:
        units = list(self.so_far.units)
        for part in parts:
            whole = self.lines[part.line].quantity
            units[part.line] = whole if part.quantity is None else units[part.line] + part.quantity
        return units

    def moved_out(self, kinds: Sequence[LotKind], amount: int) -> Iterator[tuple[int, int]]:
        """The moves that paid `amount`, by their place in the entry, with how much of each is not given back yet."""
        for at, move in enumerate(self.entry.moves):
            if amount <= 0:
                return
            if move.amount < 0 and move.lot.kind in kinds:
                amount += move.amount
                yield at, -move.amount - self.so_far.moves[at]

    def _comes_to(self, part: LinePart, left: int) -> int:
        """Units of a line in turn, so that all of them together come to the line's net; the last one takes the rest."""
        if part.quantity is None:
            return left
        whole, done = self.lines[part.line].quantity, self.so_far.units[part.line]
        upto = done + part.quantity
        if upto > whole:
            raise RefundTooHigh(left_fen=left, left_quantity=whole - done)
        net = sum(lines.column(self.cells, part.line))
        return left if upto == whole else min(net * upto // whole - net * done // whole, left)
