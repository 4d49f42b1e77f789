"""The edges of the ledger: cards, what a till posts, and what was posted."""
