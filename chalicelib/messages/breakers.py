"""What all containers know of the providers: their breakers, and the order in which those of a channel are taken."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Row, Transaction
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages.model.breaker import CLOSED, Breaker
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.message import ChannelName
from chalicelib.messages.model.score import AS_CONFIGURED, Order

_BREAKER, _ORDER = "BREAKER", "ORDER"
_SWITCH = "SWITCH#"
_breaker = msgspec.json.Decoder(Breaker)
_order = msgspec.json.Decoder(Order)


class DocRow(Row):
    """`doc` is the value as JSON; who writes it names the version that was read."""

    table = "messages"
    doc = UnicodeAttribute()
    version = NumberAttribute()


class Known(NamedTuple):
    breakers: dict[Provider, Breaker]
    orders: dict[ChannelName, Order]


def read(providers: Sequence[Provider], *, consistent: bool = False) -> Known:
    """One request; a breaker that was never opened is closed, an order that was never changed is as configured."""
    channels = list(dict.fromkeys(provider.channel for provider in providers))
    keys = [_breaker_key(provider) for provider in providers] + [
        _order_key(one) for one in channels
    ]
    images = tables.batch_get("messages", keys, consistent=consistent)
    docs = {(image["pk"]["S"], image["sk"]["S"]): image["doc"]["S"] for image in images}
    return Known(
        {
            one: _breaker.decode(doc) if (doc := docs.get(_breaker_key(one))) else CLOSED
            for one in providers
        },
        {
            one: _order.decode(doc) if (doc := docs.get(_order_key(one))) else AS_CONFIGURED
            for one in channels
        },
    )


def keep(provider: Provider, now: Breaker, by: Stamp) -> Breaker | None:
    """None where it is kept; what is there where somebody changed it first."""
    failed = _saved(_breaker_key(provider), now, by)
    if failed is None:
        return None
    image = failed.images["row"]
    return _breaker.decode(image["doc"]["S"]) if image else CLOSED


def keep_by_hand(provider: Provider, now: Breaker, by: Stamp) -> bool:
    """Whether it could be done: not where somebody changed it first. The switch is kept beside it, for the audit."""
    doc = msgspec.json.encode(now).decode()
    partition, sort = _breaker_key(provider)
    transaction = Transaction()
    transaction.put(
        "breaker",
        DocRow(partition, sort, doc=doc, version=now.version, by=by.text()),
        tables.of_version(now.version - 1),
    )
    switch = f"{_SWITCH}{now.version:08d}"
    transaction.put_new(
        "switch", DocRow(partition, switch, doc=doc, version=now.version, by=by.text())
    )
    return tables.holds(transaction.commit)


def keep_order(channel: ChannelName, now: Order, by: Stamp) -> bool:
    """Whether it could be done: not where somebody changed it first."""
    return _saved(_order_key(channel), now, by) is None


def _saved(key: tuple[str, str], now: Breaker | Order, by: Stamp) -> ConditionFailed | None:
    doc = msgspec.json.encode(now).decode()
    row = DocRow(*key, doc=doc, version=now.version, by=by.text())
    try:
        tables.save(row, tables.of_version(now.version - 1))
    except ConditionFailed as failed:
        return failed
    return None


def _breaker_key(provider: Provider) -> tuple[str, str]:
    return f"PROVIDER#{provider.channel}#{provider.name}", _BREAKER


def _order_key(channel: ChannelName) -> tuple[str, str]:
    return f"PROVIDERS#{channel}", _ORDER
