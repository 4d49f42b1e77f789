"""The real use cases of a store. Each is imported where it is built: a till that sells needs none of them."""

from typing import TYPE_CHECKING

from chalicelib.adapters import secrets
from chalicelib.ledger.built import ledger

if TYPE_CHECKING:
    from chalicelib.stores.service.figures import Figures
    from chalicelib.stores.service.held import Queue
    from chalicelib.stores.service.replays import Replays
    from chalicelib.stores.service.shifts import Shifts


def replays() -> "Replays":
    from chalicelib.stores.service.replays import Replays  # noqa: PLC0415
    from chalicelib.stores.service.replays_sales import LedgerSales  # noqa: PLC0415

    return Replays(LedgerSales(ledger()), _card_keys, ledger().members.cards_lost_since)


def queue() -> "Queue":
    from chalicelib.stores.service.held import Queue  # noqa: PLC0415
    from chalicelib.stores.service.replays_sales import LedgerSales  # noqa: PLC0415

    return Queue(LedgerSales(ledger()))


def figures() -> "Figures":
    from chalicelib.ledger.service import days  # noqa: PLC0415
    from chalicelib.stores.service.figures import Figures  # noqa: PLC0415

    return Figures(days)


def shifts() -> "Shifts":
    from chalicelib.stores.service.shifts import Shifts  # noqa: PLC0415

    return Shifts(ledger())


def _card_keys() -> dict[str, bytes]:
    from chalicelib.members import offline_card  # noqa: PLC0415

    return secrets.keyring().public_keys(offline_card.PURPOSE)
