"""Asking each part: a check answers with a value in its probe's unit, or raises."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from chalicelib.adapters import canary, tables
from chalicelib.adapters.canary import Canary
from chalicelib.adapters.line import Line
from chalicelib.adapters.sms import Report
from chalicelib.adapters.upstream import Refused, Unreachable
from chalicelib.probes.service.asking import Check, Undecided

NOTHING = ("READY", "NOTHING")  # a key under which no table holds an item
NOBODY = "13000000000"  # asked after, and never sent to: nothing is known of it
_OUR_TROUBLE = frozenset({"account", "origin", "template"})  # no message would go either
_OK = 200
_RESTED, _STALE = timedelta(minutes=2), timedelta(minutes=10)
_ASKED_AFTER = timedelta(hours=1)


class Finds(Protocol):
    """An SMS provider's look-up, which sends nothing and costs nothing."""

    def find(self, phone: str, since: datetime, until: datetime) -> Sequence[Report]: ...


def timed(ask: Callable[[datetime], object]) -> Check:
    """How long it takes, in milliseconds."""

    def check(now: datetime) -> int:
        started = time.perf_counter()
        ask(now)
        return round((time.perf_counter() - started) * 1000)

    return check


def writes() -> Check:
    """The canary of the stream: it is a write as each message is one."""
    return timed(canary.write)


def reads() -> Check:
    """Of the book and of the messages, where nothing is."""

    def ask(_now: datetime) -> None:
        for table in ("book", canary.TABLE):
            tables.get(table, NOTHING, consistent=True)

    return timed(ask)


def lag(now: datetime) -> int:
    """In seconds: how long the first canary waits that was not seen, or how long the last one did.

    Where the probe of writing is off, or rests for long, nobody else writes one.
    """
    found = canary.newest()
    if not found or now - found[0].written_at > _RESTED:
        canary.write(now)
    if not found or now - found[0].written_at > _STALE:
        raise Undecided
    return lag_s(found, now)


def lag_s(newest_first: Sequence[Canary], now: datetime) -> int:
    """A canary that was never seen counts no more once a later one was."""
    waiting: Canary | None = None
    for each in newest_first:
        if each.seen_at is not None:
            if waiting is None:
                return _seconds(each.written_at, each.seen_at)
            break
        waiting = each
    if waiting is None:
        raise Undecided
    return _seconds(waiting.written_at, now)


def bears(ask: Callable[[datetime], object]) -> Check:
    """How long it takes; that we ask too often says nothing about what they do for others."""

    def asked(now: datetime) -> None:
        try:
            ask(now)
        except Refused as refused:
            if refused.kind == "frequency":
                raise Undecided from None
            raise

    return timed(asked)


def finds(provider: Finds) -> Check:
    """What they say of a number that nothing was sent to; a no that concerns just that is an answer."""

    def ask(now: datetime) -> None:
        try:
            provider.find(NOBODY, now - _ASKED_AFTER, now)
        except Refused as refused:
            if refused.kind in _OUR_TROUBLE or refused.kind == "frequency":
                raise

    return bears(ask)


def answers(endpoint: str, timeout_s: float) -> Check:
    """The API from outside: `/healthz` below the endpoint."""
    line = Line("api", endpoint, timeout_s)

    def ask(_now: datetime) -> None:
        if (status := line.get("/healthz").status) != _OK:
            raise Unreachable("api", f"http_{status}")

    return timed(ask)


class _Published(msgspec.Struct):
    generated_at: datetime


def age(page: str, timeout_s: float) -> Check:
    """How old the published page is, in seconds, as anybody gets it."""
    line = Line("page", page, timeout_s)

    def check(now: datetime) -> int:
        answer = line.get("/mini.json")
        if answer.status != _OK:
            raise Unreachable("page", f"http_{answer.status}")
        try:
            published = msgspec.json.decode(answer.data, type=_Published)
        except msgspec.MsgspecError:
            raise Unreachable("page", "not_json") from None
        return _seconds(published.generated_at, now)

    return check


def _seconds(since: datetime, until: datetime) -> int:
    return max(0, round((until - since).total_seconds()))
