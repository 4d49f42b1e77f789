"""A store with the companion at its counter: one line with weather, one member who shows a card."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dengta_till import Config, Sale, Till
from dengta_till import Payment as Paid
from dengta_till.wire import Line
from tests.client import Client
from tests.clients.till.bridge import Bridge, Weather, bridged
from tests.house import House


@dataclass
class Shop:
    """`weather` is that of the calls to come, the last of it for all that follow; `slept` are the pauses taken."""

    house: House
    bridge: Bridge
    home: Path
    weather: list[Weather] = field(default_factory=lambda: ["fair"])
    slept: list[float] = field(default_factory=list)
    ahead: timedelta = timedelta()

    def config(self, **changed: Any) -> Config:  # noqa: ANN401
        quick = Config(
            endpoints=(self.bridge.url,),
            store_id="s1",
            home=self.home,
            terminal_key=self.house.till.token,
            try_timeout_s=1.0,
            patience_s=2.0,
            replay_timeout_s=20.0,
        )
        return replace(quick, **changed)

    def till(self, **changed: Any) -> Till:  # noqa: ANN401
        """A till whose pauses take no time but count as if they did."""
        config = self.config(**changed)
        wire = Line(
            config, config.terminal_key,
            sleep=self.slept.append, clock=lambda: sum(self.slept), chance=random.Random(1),
        )  # fmt: skip
        return Till(config, wire=wire, now=lambda: datetime.now(UTC) + self.ahead)

    def enrolled(self, **changed: Any) -> Till:  # noqa: ANN401
        till = self.till(**changed)
        till.enroll("counter 1", self.manager().token)
        return till

    def manager(self) -> Client:
        return self.house.staff(self.house.store, "store_manager", "07")

    def settle(self, held_id: str | None, way: str) -> dict[str, Any]:
        """What the store manager's decision over a held record came to."""
        path = f"/v1/stores/s1/held/{held_id}/settlement"
        settled = self.manager().put(path, {"way": way, "reason": "looked into"})
        assert settled.status == 201, settled.text
        settlement: dict[str, Any] = settled.json["settlement"]
        return settlement

    def card(self, member_id: str) -> str:
        text: str = self.house.member(member_id).get("/v1/me/code").json["offline_card"]
        return text

    def balance_fen(self, member_id: str) -> int:
        fen: int = self.house.till.get(f"/v1/members/{member_id}").json["balance_fen"]
        return fen

    def entries(self, member_id: str) -> list[dict[str, Any]]:
        """All of a member's, newest first."""
        found: list[dict[str, Any]] = []
        path = f"/v1/members/{member_id}/spends?limit=100"
        cursor = ""
        while True:
            page = self.house.till.get(path + cursor).json
            found += page["items"]
            if not page["next_cursor"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"


def from_balance(fen: int) -> Sequence[Paid]:
    return [Paid("balance", fen)]


def in_cash(fen: int) -> Sequence[Paid]:
    return [Paid("cash", fen)]


def sell(till: Till, member_id: str, payments: Sequence[Paid], **more: Any) -> Sale:  # noqa: ANN401
    return till.spend(member_id, sum(each.amount_fen for each in payments), payments, **more)


@contextmanager
def opened(house: House, home: Path) -> Iterator[Shop]:
    def weather(_method: str, _path: str) -> Weather:
        return shop.weather.pop(0) if len(shop.weather) > 1 else shop.weather[0]

    with bridged(house.till, weather) as bridge:
        shop = Shop(house, bridge, home)
        yield shop
