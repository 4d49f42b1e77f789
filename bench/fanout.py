"""One notice to very many subscribers while the process is killed at random points: who was told, how fast.

FANOUT=5000 python -m bench --only fanout      fewer of them
"""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench import units
from bench.contestants import Contestant

SUBSCRIBERS = int(os.environ.get("FANOUT", "100000"))
_SAMPLE = 500  # of which every exchange with DynamoDB is looked at
_DIES = 0.001  # at each call to DynamoDB and to the channel, before it or after
_TURN_ENDS = 0.0002


@dataclass(frozen=True)
class Told:
    """`in_doubt` were claimed as the process died, and are not told again; `left_out` of them were not told in fact.

    `doubled` and `missed` (neither told nor in doubt) must be none. `grown_bytes`: the most that the process grew by.
    """

    subscribers: int
    sent: int
    in_doubt: int
    left_out: int
    doubled: int
    missed: int
    kills: int
    grown_bytes: int
    wall_s: float = 0
    cpu_s: float = 0
    cost: units.Cost = field(default=units.Cost(0, 0, 0))  # of a subscriber

    @property
    def per_second(self) -> float:
        return self.subscribers / self.wall_s


def measure(house: Contestant, tick: Callable[[], None]) -> Told:
    sample = house.run("fan_out", [{"subscribers": _SAMPLE, "dies": 0}], tap=True)
    tick()
    ran = house.run("fan_out", [{"subscribers": SUBSCRIBERS, "dies": _DIES}])
    tick()
    whole = units.cost([each for each in sample.heard or [] if _is_telling(each[0])])
    cost = units.Cost(*(value / _SAMPLE for value in whole))
    told = Told(**{**ran.answer, "cost": cost})
    if told.doubled or told.missed:
        raise RuntimeError(f"somebody was told twice, or left out: {told}")
    return told


def _is_telling(operation: str) -> bool:
    """Not what makes subscribers, hands the notice over, or looks on."""
    return operation in {"PutItem", "UpdateItem", "Query", "GetItem"}


def tell(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """In the worker's process: subscribers made, one notice handed over, and told until all jobs are done."""
    from tests.simulation.notices_world import World, a_notice  # noqa: PLC0415 - after the settings

    count, world = event["subscribers"], World(seed=1)
    tally = Tally([one.subscriber_id for one in world.subscribe(count)])
    world.channel = tally  # type: ignore[assignment]
    notice_id = f"bench{count}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    world.hand_over(a_notice(1, notice_id=notice_id, overtakes=notice_id))
    world.run([notice_id], has_time=lambda: world.chance.random() > _TURN_ENDS, dies=event["dies"])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {**tally.judged(notice_id), "subscribers": count, "kills": world.kills,
            "grown_bytes": grown * 1024, "wall_s": wall, "cpu_s": cpu}  # fmt: skip


class Tally:
    """A channel that only counts, in memory that was there before."""

    def __init__(self, receivers: list[str]) -> None:
        self._place = {one: at for at, one in enumerate(receivers)}
        self._times = bytearray(len(receivers))

    def tell(self, to: Any, _notice: object) -> Any:  # noqa: ANN401 - a subscriber, an outcome
        from chalicelib.notices.model.jobs import Outcome  # noqa: PLC0415 - after the settings

        if to.subscriber_id in self._place:
            self._times[self._place[to.subscriber_id]] += 1
        return Outcome("sent")

    def judged(self, notice_id: str) -> dict[str, int]:
        from chalicelib.notices.model.subscribers import SHARDS  # noqa: PLC0415 - after the settings
        from chalicelib.notices.table import deliveries  # noqa: PLC0415

        found = {"sent": 0, "in_doubt": 0, "left_out": 0, "missed": len(self._place)}
        for shard in range(SHARDS):
            for one in deliveries.of_shard(notice_id, shard):
                if one.subscriber_id not in self._place:
                    continue
                times = self._times[self._place[one.subscriber_id]]
                found["missed"] -= one.state == "unknown" or (one.state == "sent" and times == 1)
                found["sent"] += one.state == "sent"
                found["in_doubt"] += one.state == "unknown"
                found["left_out"] += one.state == "unknown" and not times
        return found | {"doubled": sum(times > 1 for times in self._times)}
