"""When receipts are pushed: once the carrier has reported, or on order; again, so many times, until they are taken."""

import http.client
import json
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from infra.upstreams.pushing import post
from infra.upstreams.sms_push import (
    PROVIDERS,
    Ordered,
    Provider,
    batches,
    items,
    ordered,
    taken,
)
from infra.upstreams.world import World

RETRY_AFTER_S: dict[Provider, tuple[float, ...]] = {
    "tencent": (5, 5),  # it says how often, not when
    "aliyun": (60, 300, 600),
}
PROBE_WITHIN_MS = 700
_SPACE = "sms_pushes"
Post = Callable[[Provider, bytes], bytes | None]  # the body of a 200 that came in time


class Waiting(msgspec.Struct):
    provider: Provider
    items: list[Any]
    due_at: float
    tries: int = 0


def order(world: World, order: Ordered) -> None:
    due_at = world.clock.now() + order.after_s
    for batch in batches(ordered(world, order), order.batch):
        for _ in range(1 + order.copies):
            _keep(world, uuid.uuid4().hex, Waiting(order.provider, batch, due_at))


def gather(world: World) -> None:
    """What carriers have reported since is to be pushed now, where the settings say to where."""
    for provider in PROVIDERS:
        if not world.settings.sms_push_urls.get(provider):
            continue
        with world.store.transaction():
            found = items(world, provider, due_by=world.clock.now())
            for key in found:
                world.store.put("sms_pushed", key, True)
            for batch in batches(list(found.values()), world.settings.sms_push_batch):
                _keep(world, uuid.uuid4().hex, Waiting(provider, batch, world.clock.now()))


def push_all_due(world: World) -> int:
    """Over the line, to where the settings say."""
    urls = world.settings.sms_push_urls
    if not urls:
        return 0
    gather(world)
    return push_due(
        world, lambda provider, body: post(urls.get(provider, ""), body, "application/json")
    )


def push_due(world: World, post: Post) -> int:
    """Make every call that is due, and plan the next one where it was not taken. How many were made."""
    due = [(key, one) for key, one in _kept(world) if one.due_at <= world.clock.now()]
    for key, one in sorted(due, key=lambda each: each[1].due_at):
        body = json.dumps(one.items, ensure_ascii=False).encode()
        done = taken(one.provider, post(one.provider, body))
        with world.store.transaction():
            _settle(world, key, one, done=done)
    return len(due)


def waiting(world: World) -> list[Waiting]:
    return [one for _, one in _kept(world)]


def probe(world: World) -> dict[str, Any]:
    """Aliyun's GET at the address that is entered there: whether it is answered as it wants, and in time."""
    if not world.settings.sms_push_urls.get("aliyun"):
        return {"taken": False}
    where = urlsplit(world.settings.sms_push_urls.get("aliyun", ""))
    line = http.client.HTTPConnection(where.netloc, timeout=PROBE_WITHIN_MS / 1000)
    began = time.monotonic()
    try:
        line.request("GET", where.path)
        answer = line.getresponse()
        said, status = answer.read(), answer.status
    except (OSError, http.client.HTTPException):
        said, status = None, 0
    finally:
        line.close()
    took_ms = round((time.monotonic() - began) * 1000)
    in_time = took_ms <= PROBE_WITHIN_MS
    return {"status": status, "took_ms": took_ms, "taken": in_time and taken("aliyun", said)}


def _settle(world: World, key: str, one: Waiting, *, done: bool) -> None:
    later = RETRY_AFTER_S[one.provider]
    if done or one.tries == len(later):
        world.store.run("DELETE FROM kept WHERE space = ? AND key = ?", _SPACE, key)
        return
    due_at = world.clock.now() + later[one.tries]
    _keep(world, key, msgspec.structs.replace(one, tries=one.tries + 1, due_at=due_at))


def _kept(world: World) -> list[tuple[str, Waiting]]:
    return [(key, msgspec.convert(value, Waiting)) for key, value in world.store.items(_SPACE)]


def _keep(world: World, key: str, one: Waiting) -> None:
    world.store.put(_SPACE, key, msgspec.to_builtins(one))
