"""The edges of the ledger: cards, what a till posts, and what was posted."""

from chalicelib.ledger.api import (
    cards,
    gifts,
    history,
    lots,
    me,
    offline,
    receipts,
    refunds,
    rules,
    spends,
    statements,
    top_ups,
)

ROUTES = (
    cards.routes, me.routes, offline.routes, lots.routes, spends.routes, refunds.routes,
    top_ups.routes, gifts.routes, rules.routes, history.routes, receipts.routes,
    statements.routes,
)  # fmt: skip
