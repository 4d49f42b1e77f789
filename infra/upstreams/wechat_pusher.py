"""When WeChat pushes: after a message that it sent, or on order; three times, five seconds apart, until it is taken."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from infra.upstreams.pushing import post
from infra.upstreams.wechat_push import Ordered, Outgoing, created, request
from infra.upstreams.world import World

TRIES = 3
TRY_AGAIN_S = 5
TAKEN = (b"success", b"")
_SPACE = "wechat_pushes"
Post = Callable[[Outgoing], bytes | None]  # the body of a 200 that came within five seconds


class Waiting(msgspec.Struct):
    ordered: Ordered
    content: dict[str, Any]
    due_at: float
    tries: int = 0


class Try(NamedTuple):
    key: str
    waiting: Waiting
    outgoing: Outgoing


def order(world: World, ordered: Ordered) -> None:
    """Each copy says the same, like something that somebody recorded and sends again."""
    waiting = Waiting(ordered, created(world, ordered), world.clock.now() + ordered.after_s)
    for _ in range(1 + ordered.copies):
        _keep(world, uuid.uuid4().hex, waiting)


def tell_sent(world: World, openid: str, template_id: str, msgid: str) -> None:
    """What follows a subscribe message, where pushes are set up."""
    settings = world.settings
    if not settings.wechat_push_url or settings.wechat_sent_events < 1:
        return
    item = {"TemplateId": template_id, "MsgID": msgid, "ErrorCode": "0", "ErrorStatus": "success"}
    told = Ordered(
        openid,
        "subscribe_msg_sent_event",
        [item],
        form=settings.wechat_push_form,
        safe=settings.wechat_push_safe,
        copies=settings.wechat_sent_events - 1,
        after_s=settings.wechat_sent_event_delay_s,
    )
    order(world, told)


def push_all_due(world: World) -> int:
    """Over the line, to where the settings say."""
    url = world.settings.wechat_push_url
    if not url:
        return 0
    return push_due(world, lambda out: post(url, out.body, out.content_type, out.query))


def push_due(world: World, post: Post) -> int:
    """Make every try that is due, and plan the next one where it was not taken. How many were made."""
    tries = _due(world)
    for each in tries:
        answer = post(each.outgoing)
        with world.store.transaction():
            _settle(world, each, taken=answer in TAKEN)
    return len(tries)


def waiting(world: World) -> list[Waiting]:
    return [msgspec.convert(value, Waiting) for _, value in world.store.items(_SPACE)]


def _due(world: World) -> list[Try]:
    with world.store.transaction():
        found = [(key, msgspec.convert(value, Waiting)) for key, value in world.store.items(_SPACE)]
        due = [(key, each) for key, each in found if each.due_at <= world.clock.now()]
        return [
            Try(key, each, request(world, each.ordered, each.content))
            for key, each in sorted(due, key=lambda one: one[1].due_at)
        ]


def _settle(world: World, done: Try, *, taken: bool) -> None:
    made = done.waiting.tries + 1
    if taken or made == TRIES:
        world.store.run("DELETE FROM kept WHERE space = ? AND key = ?", _SPACE, done.key)
        return
    later = done.waiting.due_at + TRY_AGAIN_S
    _keep(world, done.key, msgspec.structs.replace(done.waiting, tries=made, due_at=later))


def _keep(world: World, key: str, waiting: Waiting) -> None:
    world.store.put(_SPACE, key, msgspec.to_builtins(waiting))
