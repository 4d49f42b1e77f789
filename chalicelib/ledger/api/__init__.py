"""The edges of the ledger: cards, what a till posts, and what was posted."""

from chalicelib.ledger.api import cards, history, me, postings

ROUTES = (cards.routes, me.routes, postings.routes, history.routes)
