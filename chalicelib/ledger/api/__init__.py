"""The edges of the ledger: cards, what a till posts, and what was posted."""

from chalicelib.ledger.api import cards, history, me, offline, postings

ROUTES = (cards.routes, me.routes, offline.routes, postings.routes, history.routes)
