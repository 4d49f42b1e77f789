"""The queue of held records, and settling each exactly once: charged, written off, or cancelled."""

from typing import NamedTuple

import msgspec

from chalicelib.access.model import Store
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Conflict, InvalidRequest, NotFound, TryAgain, invalid
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.asked import SpendRequest
from chalicelib.stores.model import replays as model
from chalicelib.stores.model.held import Held, SettledOtherwise, Settlement, Way
from chalicelib.stores.service.replays_sales import Sales
from chalicelib.stores.table import held as table
from chalicelib.stores.table.held import State


class Settled(NamedTuple):
    """`first` where this call settled it."""

    held: Held
    first: bool


class Queue(msgspec.Struct, frozen=True):
    sales: Sales
    clock: Clock = clock.now

    def page(
        self, store_id: str, state: State, limit: int, after: Image | None
    ) -> tuple[list[Held], Image | None]:
        return table.page(store_id, state, limit, after)

    def read(self, store_id: str, held_id: str) -> Held:
        """Raises NotFound."""
        found = table.read(store_id, held_id)
        if found is None:
            raise NotFound
        return found

    def settle(self, store: Store, held_id: str, way: Way, reason: str, by: Stamp) -> Settled:
        """Say which way, post, link the receipt's name to it, take off the queue: each step can be done again.

        Raises NotFound, SettledOtherwise, TryAgain; and what the ledger refuses, and then every way is open again.
        """
        found = self.read(store.store_id, held_id)
        if found.settlement and found.settlement.way != way:
            raise SettledOtherwise(way=found.settlement.way)
        if found.settlement and found.settlement.done:
            return Settled(found, first=False)
        mine = Settlement(way, reason, by.who, self.clock())
        claimed = table.claim(found, mine, by)
        if claimed is None:
            return self._as_settled(store.store_id, held_id, way)
        spend_id = self._posted(store, claimed, by)
        if spend_id:
            self.sales.link(claimed, by)
        settled = claimed.posted(spend_id)
        table.finish(settled, by)
        return Settled(settled, first=claimed.settlement == mine)

    def _posted(self, store: Store, held: Held, by: Stamp) -> str | None:
        settlement = held.settlement
        if settlement is None or settlement.way == "cancel":
            return None
        try:
            posted = self.sales.settle(store, held, _sale(held), settlement, by)
        except NotFound:
            if settlement.way == "write_off":
                return (
                    None  # nobody's account could show it: the queue's own record is all there is
                )
            table.release(held, by, refused=False)
            raise
        except (Conflict, InvalidRequest) as refusal:
            table.release(held, by, refused=isinstance(refusal, Conflict))
            raise
        return posted.spend_id

    def _as_settled(self, store_id: str, held_id: str, way: Way) -> Settled:
        """Somebody else was at it between our reading and our claim."""
        there = self.read(store_id, held_id)
        if there.settlement is None:
            raise TryAgain
        if there.settlement.way != way:
            raise SettledOtherwise(way=there.settlement.way)
        return Settled(there, first=False)


def _sale(held: Held) -> SpendRequest:
    """Raises InvalidRequest where the till signed none that can be posted: it can be cancelled only."""
    sale = model.read(held.signed).postable
    if sale is None:
        raise invalid("/way", "消费内容不合要求，只能取消", "the sale cannot be posted: cancel it")
    return sale
