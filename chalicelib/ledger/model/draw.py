"""Taking from lots and giving back to them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from chalicelib.kernel.shares import shares
from chalicelib.ledger.facts import MONEY, POINTS, Lot, LotKind, Move
from chalicelib.ledger.model.account import Account, Holding
from chalicelib.ledger.model.rules import BalanceRules, Rules

_NEVER = datetime.max.replace(tzinfo=UTC)
LotId = Callable[[], str]


def draw_money(holdings: Iterable[Holding], amount_fen: int, rule: BalanceRules) -> list[Move]:
    """What expires soonest first; of what expires together, bonus and principal as the chain says, oldest first.

    A lot that was used up and comes back by a refund is the newest again.

    Less than `amount_fen` where there is no more.
    """
    moves: list[Move] = []
    for group in _by_expiry(one for one in holdings if one.lot.kind in {"principal", "bonus"}):
        bonus = [one for one in group if one.lot.kind == "bonus"]
        principal = [one for one in group if one.lot.kind == "principal"]
        from_bonus, from_principal = _divided(
            amount_fen - taken(moves), _left(bonus), _left(principal), rule.bonus_percent
        )
        moves += _in_turn(bonus, from_bonus)
        moves += _in_turn(principal, from_principal)
    return moves


def draw_points(holdings: Iterable[Holding], points: int) -> list[Move]:
    """What expires soonest first; less than `points` where there are no more."""
    live = [one for one in holdings if one.lot.kind == "points"]
    return _in_turn(sorted(live, key=_expiry), points)


def settled(account: Account, rules: Rules) -> list[Move]:
    """Who owes pays from what comes in: after these moves nobody has both a debt and something to pay it with."""
    owed, points_owed = account.of("debt"), account.of("points_debt")
    if not owed and not points_owed:
        return []
    money = draw_money(account.holdings, -_left(owed), rules.balance)
    points = draw_points(account.holdings, -_left(points_owed))
    return [
        *money,
        *paid_off(owed, taken(money)),
        *points,
        *paid_off(points_owed, taken(points)),
    ]


def give_back(lot: Lot, amount: int, now: datetime, rules: Rules, lot_id: LotId) -> Move:
    """Into the lot that it came from; where that has expired, into one that reopens it. What was owed is principal."""
    if lot.kind in {"debt", "points_debt"}:
        kind: LotKind = "principal" if lot.kind == "debt" else "points"
        paid_fen = amount if kind == "principal" else 0
        return Move(Lot(lot_id(), kind, amount, paid_fen, worth_fen=paid_fen), amount)
    if lot.expires_at is None or lot.expires_at > now:
        return Move(lot, amount)
    until = rules.after_days(now, rules.refunds.reopened_days)
    return Move(_reopened(lot, lot_id(), until), amount)


def taken(moves: Iterable[Move]) -> int:
    return -sum(move.amount for move in moves)


def money_of(moves: Iterable[Move]) -> int:
    return sum(move.amount for move in moves if move.lot.kind in MONEY)


def points_of(moves: Iterable[Move]) -> int:
    return sum(move.amount for move in moves if move.lot.kind in POINTS)


def _reopened(lot: Lot, lot_id: str, until: datetime) -> Lot:
    return Lot(
        lot_id, lot.kind, lot.given, lot.paid_fen, lot.worth_fen, None, until, lot.product,
        lot.title, lot.service, lot.stores, lot.off, lot.reopens or lot.lot_id, lot.bought,
    )  # fmt: skip


def _divided(wanted: int, bonus: int, principal: int, percent: int | None) -> tuple[int, int]:
    """How much of `wanted` each gives; what one lacks comes from the other."""
    wanted = min(wanted, bonus + principal)
    if percent is None:
        from_bonus = shares(wanted, [bonus, principal])[0] if wanted else 0
    else:
        from_bonus = shares(wanted, [percent, 100 - percent])[0]
    from_bonus = max(min(from_bonus, bonus), wanted - principal)
    return from_bonus, wanted - from_bonus


def _in_turn(holdings: Iterable[Holding], amount: int) -> list[Move]:
    moves: list[Move] = []
    for one in holdings:
        part = min(one.left, amount)
        if part > 0:
            moves.append(Move(one.lot, -part))
            amount -= part
    return moves


def paid_off(debts: Iterable[Holding], amount: int) -> Iterator[Move]:
    for one in debts:
        part = min(-one.left, amount)
        if part > 0:
            yield Move(one.lot, part)
            amount -= part


def _by_expiry(holdings: Iterable[Holding]) -> Iterator[list[Holding]]:
    for _, group in groupby(sorted(holdings, key=_expiry), key=_expiry):
        yield list(group)


def _expiry(one: Holding) -> datetime:
    return one.lot.expires_at or _NEVER


def _left(holdings: Iterable[Holding]) -> int:
    return sum(one.left for one in holdings)
