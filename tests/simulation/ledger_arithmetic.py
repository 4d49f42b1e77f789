"""The plain model's arithmetic: fractions, rounded once and where the rules say so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.ledger.model.rules import CouponKind, Rules
from tests.simulation.ledger_things import Sale, Thing, refuse
from tests.simulation.ledger_words import Line, Paid

Table = list[list[int]]
FAR = datetime(9999, 1, 1, tzinfo=UTC)


def down(amount: int, by: int) -> int:
    return floor(Fraction(amount, by))


def up(amount: int, by: int) -> int:
    return ceil(Fraction(amount, by))


def nearest(amount: int, by: int) -> int:
    return floor(Fraction(amount, by) + Fraction(1, 2))


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Everybody gets the whole part of what is due; what is over goes, one each, to the largest remainders."""
    if not sum(weights):
        weights = [1] * len(weights)
    due = [Fraction(amount * weight, sum(weights)) for weight in weights]
    got = [floor(each) for each in due]
    order = sorted(range(len(due)), key=lambda n: (got[n] - due[n], n))
    for n in order[: amount - sum(got)]:
        got[n] += 1
    return got


def mixed(amount: int, has: tuple[int, int], percent: int | None) -> tuple[int, int]:
    """How much of bonus, how much of principal; what one has not the other gives."""
    weights = has if percent is None else (percent, 100 - percent)
    if not amount:
        return 0, 0
    bonus = apportion(amount, weights)[0]
    bonus = min(bonus, has[0])
    bonus = max(bonus, amount - has[1])
    return bonus, amount - bonus


def soonest(things: Iterable[Thing]) -> list[datetime | None]:
    return sorted({t.ends for t in things}, key=lambda ends: ends or FAR)


def table(total: int, rows: Sequence[Paid], lines: Sequence[Line]) -> Table:
    """What each payment pays of each line: first those that pay for one line only."""
    open_still = apportion(total, [line.fen for line in lines] or [1])
    made = [[0] * len(open_still) for _ in rows]
    bound = [n for n, row in enumerate(rows) if row.line is not None]
    for n in [*bound, *(n for n in range(len(rows)) if n not in bound)]:
        line = rows[n].line
        if line is not None:
            made[n][line] = rows[n].fen
        else:
            made[n] = apportion(rows[n].fen, open_still)
        open_still = [was - paid for was, paid in zip(open_still, made[n], strict=True)]
    return made


def wanted(sale: Sale, body: Mapping[str, Any]) -> Table:
    """What a refund asks back of each payment and line. Raises Refusal."""
    left = [
        [a - b for a, b in zip(x, y, strict=True)]
        for x, y in zip(sale.table, sale.back, strict=True)
    ]
    all_left = sum(map(sum, left))
    if body.get("parts"):
        asked = _of_parts(sale, left, body["parts"])
        return asked if sum(map(sum, asked)) else refuse("nothing_left")
    amount = body.get("fen")
    amount = all_left if amount is None else amount
    if not all_left:
        refuse("nothing_left")
    if amount > all_left:
        refuse("refund_too_high", left_fen=all_left)
    flat = apportion(amount, [cell for row in left for cell in row])
    width = len(left[0])
    return [flat[n * width : n * width + width] for n in range(len(left))]


def _of_parts(sale: Sale, left: Table, parts: Sequence[tuple[int, int | None]]) -> Table:
    back = [[0] * len(row) for row in left]
    for number, quantity in parts:
        column = [row[number] for row in left]
        whole, gone = sale.lines[number].quantity, sale.units[number]
        net = sum(row[number] for row in sale.table)
        fen = sum(column)
        if quantity is not None:
            if gone + quantity > whole:
                refuse("refund_too_high", left_fen=fen, left_quantity=whole - gone)
            if gone + quantity < whole:
                fen = min(fen, down(net * (gone + quantity), whole) - down(net * gone, whole))
        for row, part in zip(back, apportion(fen, column), strict=True):
            row[number] += part
    return back


def plus(one: Table, other: Table) -> Table:
    return [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(one, other, strict=True)]


def whole_ones(units: int, fen: int, before: int, after: int) -> int:
    """How many of `units` that stood for `fen` come back when `after` of it is back, where `before` was."""
    return down(units * after, fen) - down(units * before, fen)


def coupon_worth(kind: CouponKind, total: int) -> int:
    value = kind.amount_off_fen or nearest(total * kind.percent_off, 100)
    return min(value, total) if kind.cap_fen is None else min(value, total, kind.cap_fen)


def day_of(moment: datetime, rules: Rules) -> date:
    local = moment.astimezone(ZoneInfo(rules.zone))
    return local.date() if local.hour >= rules.day_cut_hour else local.date() - timedelta(days=1)


def end_of(day: date, rules: Rules) -> datetime:
    after = day + timedelta(days=1)
    hour = rules.day_cut_hour
    return datetime(
        after.year, after.month, after.day, hour, tzinfo=ZoneInfo(rules.zone)
    ).astimezone(UTC)


def months_end(moment: datetime, months: int, rules: Rules) -> datetime:
    """The end of the month that is so many after this one."""
    day = day_of(moment, rules)
    at = day.year * 12 + day.month - 1 + months + 1
    return end_of(date(at // 12, at % 12 + 1, 1) - timedelta(days=1), rules)


def number_of(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])
