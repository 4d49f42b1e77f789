"""Taking back points that money had earned which goes back.

Where the points are gone already and the chain allows nothing below zero, what is missing is remembered as a claim. It
is no part of a member's points and is never set off against points that they earn; but points that another refund gives
back pay it first. Else points spent before a refund, and given back after it, would come from nothing.
"""

from chalicelib.ledger.facts import EntryPosted, Lot, LotKind, Move
from chalicelib.ledger.model import draw
from chalicelib.ledger.model.posting import Situation


def claw_back(earned_by: EntryPosted, points: int, at: Situation) -> list[Move]:
    """From the lot that they went to, then from others, then below zero where the chain says so, or as a claim.

    What expired with its lot is gone already.
    """
    lot = _earned_lot(earned_by)
    if not points or lot is None or (lot.expires_at and lot.expires_at <= at.now):
        return []
    held = at.account.holding(lot.lot_id)
    first = [Move(lot, -min(points, held.left))] if held else []
    rest = points - draw.taken(first)
    others = draw.draw_points(at.account.moved(first).holdings, rest)
    rest -= draw.taken(others)
    kind: LotKind = "points_debt" if at.rules.points.may_go_below_zero else "points_claim"
    return [*first, *others, *([Move(Lot(at.lot_id(), kind), -rest)] if rest else [])]


def settle_claims(given_back: int, at: Situation) -> list[Move]:
    """Of points that a refund gives back, what earlier refunds could not take."""
    claims = at.account.of("points_claim")
    owed = min(given_back, -sum(one.left for one in claims))
    moves = draw.draw_points(at.account.holdings, owed) if owed > 0 else []
    return [*moves, *draw.paid_off(claims, draw.taken(moves))]


def taken_in_all(earned_by: EntryPosted, back_fen: int) -> int:
    """Of the points earned, those that the money given back so far had earned; a part of one is taken whole."""
    if earned_by.points_earned <= 0:
        return 0
    left_fen = earned_by.earning_fen - back_fen
    return earned_by.points_earned - earned_by.points_earned * left_fen // earned_by.earning_fen


def _earned_lot(entry: EntryPosted) -> Lot | None:
    came = [move.lot for move in entry.moves if move.amount > 0 and move.lot.kind == "points"]
    return came[-1] if came else None
