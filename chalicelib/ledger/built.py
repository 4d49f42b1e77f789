"""The real ledger, built once per container."""

from functools import cache

from chalicelib.adapters import secrets
from chalicelib.kernel.remembered import Remembered
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.table.rules import rules
from chalicelib.members.service import Members


@cache
def ledger() -> Ledger:
    return Ledger(Members.of(secrets.keyring()), rules_of_the_minute)


def rules_of_the_minute() -> Rules:
    """The chain's rules as they were a minute ago at the most: a spend does not read them each time."""
    return _remembered().get("rules", lambda: rules()[0])


@cache
def _remembered() -> Remembered:
    return Remembered()


def forget() -> None:
    """For who changed the rules in this container, and for tests."""
    ledger.cache_clear()
    _remembered.cache_clear()
