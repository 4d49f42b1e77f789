"""What is kept of a device's journal: a trace of each record, what is known of the whole, and how cards were used."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Key, Row, Transaction
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.journal import Journal, Link, Run
from chalicelib.stores.model.replays import Trace, Use
from chalicelib.stores.table.devices import partition

_JOURNAL = "JOURNAL"
_CHUNK = 100
_USES_LIVE = timedelta(days=90)
_runs = msgspec.json.Decoder(tuple[Run, ...])
_counters = msgspec.json.Decoder(frozenset[int])
_uses = msgspec.json.Decoder(tuple[Use, ...])


class TraceRow(Row):
    table = "stores"
    digest = UnicodeAttribute()
    prev = UnicodeAttribute()
    out_trade_no = UnicodeAttribute()
    outcome = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    spend_id = UnicodeAttribute(null=True)
    balance_after_fen = NumberAttribute(null=True)
    debt_fen = NumberAttribute(null=True)
    held_id = UnicodeAttribute(null=True)


class ForkRow(Row):
    table = "stores"
    payload = UnicodeAttribute()
    signature = UnicodeAttribute()


class JournalRow(Row):
    table = "stores"
    device_id = UnicodeAttribute()
    seen = UnicodeAttribute()
    broken = UnicodeAttribute()
    forked = UnicodeAttribute()
    version = NumberAttribute()


class UsesRow(Row):
    table = "stores"
    uses = UnicodeAttribute()
    version = NumberAttribute()
    expires_at = NumberAttribute()


class Uses(NamedTuple):
    """What a member's cards were used for, and the version of the row; 0 where there is none."""

    made: tuple[Use, ...] = ()
    version: int = 0


def trace_key(device_id: str, counter: int) -> Key:
    return (partition(device_id), f"REC#{counter:012d}")


def journal_key(device_id: str) -> Key:
    return (partition(device_id), _JOURNAL)


def uses_key(member_id: str) -> Key:
    return (f"TRUST#{member_id}", "USES")


def trace_of(image: Image) -> Trace:
    def text(name: str) -> str | None:
        return image[name]["S"] if name in image else None

    def number(name: str) -> int | None:
        return int(image[name]["N"]) if name in image else None

    return Trace(
        counter=int(image["sk"]["S"].partition("#")[2]),
        link=Link(image["digest"]["S"], image["prev"]["S"]),
        out_trade_no=image["out_trade_no"]["S"],
        outcome=image["outcome"]["S"],
        code=text("code"),
        spend_id=text("spend_id"),
        balance_after_fen=number("balance_after_fen"),
        debt_fen=number("debt_fen"),
        held_id=text("held_id"),
    )


def journal_of(device_id: str, image: Image | None) -> Journal:
    if image is None:
        return Journal(device_id)
    return Journal(
        device_id,
        _runs.decode(image["seen"]["S"]),
        _counters.decode(image["broken"]["S"]),
        _counters.decode(image["forked"]["S"]),
        int(image["version"]["N"]),
    )


def uses_of(image: Image | None) -> Uses:
    if image is None:
        return Uses()
    return Uses(_uses.decode(image["uses"]["S"]), int(image["version"]["N"]))


def trace_row(device_id: str, trace: Trace, by: Stamp) -> TraceRow:
    return TraceRow(
        *trace_key(device_id, trace.counter),
        digest=trace.link.digest,
        prev=trace.link.prev,
        out_trade_no=trace.out_trade_no,
        outcome=trace.outcome,
        code=trace.code,
        spend_id=trace.spend_id,
        balance_after_fen=trace.balance_after_fen,
        debt_fen=trace.debt_fen,
        held_id=trace.held_id,
        by=by.text(),
    )


def keep(device_id: str, traces: Sequence[Trace], by: Stamp) -> dict[int, Trace]:
    """Keep new traces, a hundred in one request; those that were there before, by counter, as they were."""
    there: dict[int, Trace] = {}
    for at in range(0, len(traces), _CHUNK):
        there |= _keep(device_id, traces[at : at + _CHUNK], by)
    return there


def _keep(device_id: str, traces: Sequence[Trace], by: Stamp) -> dict[int, Trace]:
    there: dict[int, Trace] = {}
    while left := [trace for trace in traces if trace.counter not in there]:
        transaction = Transaction()
        for trace in left:
            transaction.put_new(str(trace.counter), trace_row(device_id, trace, by))
        try:
            transaction.commit()
        except ConditionFailed as failed:
            there |= {int(name): trace_of(image) for name, image in failed.images.items() if image}
        else:
            return there
    return there


def keep_fork(device_id: str, trace: Trace, payload: str, signature: str, by: Stamp) -> None:
    """The evidence of a record whose counter stands for another one."""
    sort = f"FORK#{trace.counter:012d}#{trace.link.digest}"
    row = ForkRow(partition(device_id), sort, payload=payload, signature=signature, by=by.text())
    tables.save(row)


def keep_journal(was: Journal, now: Journal, by: Stamp) -> Journal | None:
    """None where it is kept; else the journal as somebody else left it."""
    row = JournalRow(
        *journal_key(now.device_id),
        device_id=now.device_id,
        seen=msgspec.json.encode(now.seen).decode(),
        broken=msgspec.json.encode(sorted(now.broken)).decode(),
        forked=msgspec.json.encode(sorted(now.forked)).decode(),
        version=was.version + 1,
        by=by.text(),
    )
    try:
        tables.save(row, tables.of_version(was.version))
    except ConditionFailed as failed:
        return journal_of(now.device_id, failed.images["row"])
    return None


def keep_uses(
    changed: Mapping[str, tuple[Uses, tuple[Use, ...]]], now: datetime, by: Stamp
) -> dict[str, Uses]:
    """By member, what was and what is to be; of those whom somebody else changed meanwhile, how they are."""
    members = list(changed)
    moved: dict[str, Uses] = {}
    for at in range(0, len(members), _CHUNK):
        some = members[at : at + _CHUNK]
        moved |= _keep_uses({each: changed[each] for each in some}, now, by)
    return moved


def _keep_uses(
    changed: Mapping[str, tuple[Uses, tuple[Use, ...]]], now: datetime, by: Stamp
) -> dict[str, Uses]:
    transaction = Transaction()
    for member_id, (was, made) in changed.items():
        row = UsesRow(
            *uses_key(member_id),
            uses=msgspec.json.encode(made).decode(),
            version=was.version + 1,
            expires_at=int((now + _USES_LIVE).timestamp()),
            by=by.text(),
        )
        transaction.put(member_id, row, tables.of_version(was.version))
    try:
        transaction.commit()
    except ConditionFailed as failed:
        others = {each: changed[each] for each in changed if each not in failed.images}
        moved = {each: uses_of(image) for each, image in failed.images.items()}
        return moved | (_keep_uses(others, now, by) if others else {})
    return {}


def by_key(images: Iterable[Image]) -> dict[Key, Image]:
    return {(image["pk"]["S"], image["sk"]["S"]): image for image in images}
