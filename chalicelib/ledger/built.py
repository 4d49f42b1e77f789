"""The real ledger, built once per container."""

from functools import cache

from chalicelib.adapters import secrets
from chalicelib.ledger.service import Ledger
from chalicelib.members.service import Members


@cache
def ledger() -> Ledger:
    return Ledger(Members.of(secrets.keyring()))
