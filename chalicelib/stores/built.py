"""The real use cases of a store, built once per container."""

from chalicelib.adapters import secrets
from chalicelib.ledger.built import ledger
from chalicelib.ledger.service import days
from chalicelib.members import offline_card
from chalicelib.stores.service.figures import Figures
from chalicelib.stores.service.held import Queue
from chalicelib.stores.service.replays import Replays
from chalicelib.stores.service.replays_sales import LedgerSales


def replays() -> Replays:
    return Replays(LedgerSales(ledger()), _card_keys, ledger().members.cards_lost_since)


def queue() -> Queue:
    return Queue(LedgerSales(ledger()))


def figures() -> Figures:
    return Figures(days)


def _card_keys() -> dict[str, bytes]:
    return secrets.keyring().public_keys(offline_card.PURPOSE)
