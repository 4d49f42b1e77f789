"""Use cases of the ledger: posting, exactly once under the caller's name, and reading again."""

from chalicelib.ledger.service.ledger import Ledger, Taken
from chalicelib.ledger.service.reading import Card, Day, History

__all__ = ["Card", "Day", "History", "Ledger", "Taken"]
