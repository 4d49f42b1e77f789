"""Where the breakers of all providers are kept: what one container learns the others know within seconds."""

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages.model.breaker import CLOSED, Breaker
from chalicelib.messages.model.choice import Provider

_SORT = "BREAKER"
_breaker = msgspec.json.Decoder(Breaker)


class BreakerRow(Row):
    table = "messages"
    doc = UnicodeAttribute()
    version = NumberAttribute()


def read(providers: Sequence[Provider], *, consistent: bool = False) -> dict[Provider, Breaker]:
    """One request; one that was never opened is closed."""
    by_partition = {_partition(provider): provider for provider in providers}
    keys = [(partition, _SORT) for partition in by_partition]
    images = tables.batch_get("messages", keys, consistent=consistent)
    found = {by_partition[image["pk"]["S"]]: _decoded(image) for image in images}
    return {provider: found.get(provider, CLOSED) for provider in providers}


def keep(provider: Provider, now: Breaker, by: Stamp) -> Breaker | None:
    """None where it is kept; what is there where somebody changed it first."""
    row = BreakerRow(
        _partition(provider),
        _SORT,
        doc=msgspec.json.encode(now).decode(),
        version=now.version,
        by=by.text(),
    )
    first = BreakerRow.version.does_not_exist()
    unchanged = first if now.version == 1 else BreakerRow.version == now.version - 1
    try:
        tables.save(row, unchanged)
    except ConditionFailed as failed:
        image = failed.images["row"]
        return _decoded(image) if image else CLOSED
    return None


def _decoded(image: Image) -> Breaker:
    return _breaker.decode(image["doc"]["S"])


def _partition(provider: Provider) -> str:
    return f"PROVIDER#{provider.channel}#{provider.name}"
