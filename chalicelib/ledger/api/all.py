"""All of them: Lambda imports only the one that a call is for."""

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
