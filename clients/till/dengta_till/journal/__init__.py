"""The journal of one till: what was asked and what came of it, and the signed chain of what was sold off line."""

from dengta_till.journal.chain import GENESIS, Record
from dengta_till.journal.journal import Journal, OverTrust
from dengta_till.journal.rows import Order

__all__ = ["GENESIS", "Journal", "Order", "OverTrust", "Record"]
