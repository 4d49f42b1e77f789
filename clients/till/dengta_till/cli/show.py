"""What people see, and what programs read instead with --json."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dengta_till.cli.pipe import problem
from dengta_till.errors import TillError
from dengta_till.texts import TEXTS, say
from dengta_till.values import (
    Booked,
    Found,
    OfflineCard,
    OpenOrder,
    Replay,
    Sale,
    Status,
    plain,
)

_WIDEST = 200


def said(text: str, values: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        _object(values)
    else:
        _line(text)


def _object(values: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=False, default=str) + "\n")


def _line(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def error(wrong: TillError, *, as_json: bool) -> None:
    if as_json:
        _object(problem(wrong))
    else:
        Console(stderr=True).print(f"[red]{escape(str(wrong))}[/red]", soft_wrap=True)


def found(answer: Found, *, as_json: bool) -> None:
    if as_json:
        _object(plain(answer))
        return
    for each in answer.members:
        text = f"{each.member_id}  {each.card_no}  {each.phone or ''}  {each.name or ''}  "
        _line(text + say("balance_after", fen=each.balance_fen))
    if not answer.members or answer.hint:
        _line(answer.hint or say("nobody"))


def card(read: OfflineCard, *, as_json: bool) -> None:
    text = f"{read.member_id}  {read.card_no}  {read.tier}  {read.left_fen}/{read.trust_fen} fen"
    said(text, plain(read), as_json=as_json)


def sale(made: Sale, *, as_json: bool) -> None:
    text = say("sold", state=say(f"state_{made.state}"), name=made.name)
    said(_with_balance(text, made.balance_after_fen), {"ok": True, **plain(made)}, as_json=as_json)


def booked(made: Booked, *, as_json: bool) -> None:
    text = say("sold", state=say("state_taken"), name=made.name)
    said(_with_balance(text, made.balance_after_fen), {"ok": True, **plain(made)}, as_json=as_json)


def _with_balance(text: str, fen: int | None) -> str:
    return text if fen is None else f"{text}  {say('balance_after', fen=fen)}"


def status(now: Status, *, as_json: bool) -> None:
    if as_json:
        _object(plain(now))
        return
    table = Table("", "", title=f"{now.device_id}  #{now.tip} / #{now.complete_to}")
    for state, count in now.states.items():
        if count:
            table.add_row(say(f"state_{state}"), str(count))
    Console().print(table)
    undecided(now.open)
    for each in now.attention:
        _named(each)


def undecided(orders: Sequence[OpenOrder]) -> None:
    """Of which nobody knows whether they are booked; as wide as it takes, so that a name can be copied whole."""
    if not orders:
        return
    heads = [say(f"open_{each}") for each in ("kind", "name", "fen", "member", "begun")]
    table = Table(*heads, title=say("state_asking"))
    for each in orders:
        kind = say(f"kind_{each.kind}")
        fen = "" if each.total_fen is None else str(each.total_fen)
        begun = f"{datetime.fromisoformat(each.begun_at).astimezone():%m-%d %H:%M:%S}"
        mark = f"{kind} · {say('open_abandoned')}" if each.abandoned else kind
        table.add_row(mark, escape(each.name), fen, each.member_id, begun)
    Console(width=_WIDEST).print(table)
    if any(each.kind == "spend" and not each.abandoned for each in orders):
        _line(say("open_hint"))


def _named(each: Mapping[str, Any]) -> None:
    settled = f"state_{each['code']}"
    state = settled if settled in TEXTS else f"state_{each['outcome']}"
    words = (say(state), each["code"] or "", each["detail"] or "")
    _line(f"#{each['counter']} {each['name']}  {' · '.join(filter(None, words))}")


def replay(done: Replay, *, as_json: bool) -> None:
    if as_json:
        _object({"ok": True, **plain(done)})
        return
    counts: dict[str, int] = {}
    for each in done.named:
        outcome = "settled" if each.settled else each.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
        if each.outcome in {"held", "refused"}:
            _named(vars(each))
    for name, state in done.asked.items():
        _line(f"{name}  {state}")
    told = "  ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items()))
    _line(told or say("nothing_waits"))
    _warn(done)


def _warn(done: Replay) -> None:
    if done.rolled_back and done.server:
        _line(say("rolled_back", highest=done.server.highest, tip=done.tip))
    if done.server and done.server.gaps:
        _line(say("gaps", gaps=done.server.gaps))
    if done.server and done.server.broken:
        _line(say("broken", broken=done.server.broken))


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on the error output, so that what is printed for programs stays clean."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say("replaying"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
