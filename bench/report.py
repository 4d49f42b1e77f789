"""What is printed and kept of a run: tables, JSON, the page in docs."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.books import Proved
from bench.cold import RECEIPT, Start
from bench.contestants import BARE, HOUSE, TITLES
from bench.fanout import Told
from bench.growth import Grown
from bench.packages import Size
from bench.replay import BATCH, Replayed
from bench.units import READ_USD_PER_MILLION, WRITE_USD_PER_MILLION
from bench.warm import Measured, ratios
from infra.package import UNPACKED_LIMIT_BYTES, ZIPPED_LIMIT_BYTES
from infra.paths import BUILD, ROOT

JSON_FILE = BUILD / "bench.json"
PNG_FILE = ROOT / "docs" / "bench.png"
PAGE = ROOT / "docs" / "bench.md"
STREAM_LIMIT = 1 / 0.8  # at least 0.8 times the records a second
WARM_LIMIT, COLD_LIMIT, TUTORIAL_LIMIT, GROWTH_LIMIT = 1.25, 1.2, 0.5, 1.1
RECEIPT_LIMIT = 700  # ms, after which Aliyun takes it that nobody is there
BOOKS_LIMIT_BYTES = 50 * 1000 * 1000  # 100,000 entries held at once would be several times that
FANOUT_LIMIT_BYTES = 50 * 1000 * 1000  # whatever their number
Rows = list[list[str]]


@dataclass
class Results:
    """What was measured; what was not asked for stays empty."""

    warm: dict[str, dict[str, Measured]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    growth: dict[str, Grown] = field(default_factory=dict)
    replay: dict[str, Replayed] = field(default_factory=dict)
    books: Proved | None = None
    fanout: Told | None = None
    cold: dict[str, Start] = field(default_factory=dict)
    packages: dict[str, Size] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """One table, for the screen and for the page."""

    title: str
    columns: Sequence[str]
    rows: Rows


def sheets(results: Results) -> list[Sheet]:
    made: list[Sheet] = []
    columns: tuple[str, ...]
    if results.warm:
        columns = ("operation", "by", "wall ms", "CPU ms", "wall ÷ bare", "CPU ÷ bare", "requests",
                   "read units", "write units", "USD ÷ million")  # fmt: skip
        made.append(Sheet("Warm calls", columns, _warm_rows(results)))
    if results.growth:
        columns = ("page", "10 entries ms", "100,000 entries ms", "ratio", "requests", "read units")
        made.append(Sheet("Growth", columns, _growth_rows(results.growth)))
    if results.replay:
        columns = ("by", "records ÷ s", "÷ bare", "CPU ms ÷ record", "requests ÷ record",
                   "read units", "write units", "USD ÷ million")  # fmt: skip
        made.append(Sheet("Replay of off-line journals", columns, _replay_rows(results.replay)))
    if results.books:
        columns = ("members", "entries", "orders", "entries ÷ s", "memory grew by MB")
        made.append(Sheet("Proving the books", columns, [_books_row(results.books)]))
    if results.fanout:
        columns = ("subscribers", "kills", "told twice", "missed", "in doubt", "of them not told", "÷ s",
                   "CPU ms each", "memory grew by MB", "read units", "write units", "USD ÷ 100,000")  # fmt: skip
        made.append(Sheet("Telling subscribers", columns, [_fanout_row(results.fanout)]))
    if results.cold:
        made.append(
            Sheet(
                "Cold start",
                ("package", "wall ms", "CPU ms", "wall ÷ bare", "CPU ÷ bare"),
                _cold_rows(results.cold),
            )
        )
    if results.packages:
        columns = ("package", "zipped MB", "unpacked MB")
        made.append(Sheet("Package", columns, _package_rows(results.packages)))
    return made


def verdicts(results: Results) -> list[str]:
    """The targets of each measured thing, and whether they were met."""
    said = []
    for name, measured in results.warm.items():
        if found := ratios(measured).get(HOUSE):
            wall, cpu = found
            said.append(_verdict(f"{results.titles[name]}: CPU ÷ bare", cpu, WARM_LIMIT))
            if name == "stream":
                said.append(_verdict(f"{results.titles[name]}: wall ÷ bare", wall, STREAM_LIMIT))
    for name, grown in results.growth.items():
        said.append(_verdict(f"{name}: growth", grown.many_ms / grown.few_ms, GROWTH_LIMIT))
    if results.books:
        held, limit = results.books.grown_bytes / 1e6, BOOKS_LIMIT_BYTES / 1e6
        said.append(_verdict("proving the books: MB of memory", held, limit))
    if results.fanout:
        held, limit = results.fanout.grown_bytes / 1e6, FANOUT_LIMIT_BYTES / 1e6
        said.append(_verdict("telling subscribers: MB of memory", held, limit))
    cold = results.cold
    if HOUSE in cold:
        ours, bare, tutorial = (cold[name].wall_ms for name in (HOUSE, BARE, "tutorial"))
        said.append(_verdict("cold start ÷ bare", ours / bare, COLD_LIMIT))
        said.append(_verdict("cold start ÷ tutorial", ours / tutorial, TUTORIAL_LIMIT))
        said.append(_verdict("cold start with a receipt, ms", cold[RECEIPT].wall_ms, RECEIPT_LIMIT))
    if package := results.packages.get(HOUSE):
        zipped, unpacked = package.zipped_bytes / 1e6, package.unpacked_bytes / 1e6
        said.append(_verdict("package, MB zipped", zipped, ZIPPED_LIMIT_BYTES / 1e6))
        said.append(_verdict("package, MB unpacked", unpacked, UNPACKED_LIMIT_BYTES / 1e6))
    return said + [f"not measured: {what}" for what in results.missing]


def show(results: Results, console: Console) -> None:
    for sheet in sheets(results):
        table = Table(*sheet.columns, title=sheet.title)
        for row in sheet.rows:
            table.add_row(*row, style="bold" if TITLES[HOUSE] in row else "")
        console.print(table)
    for line in verdicts(results):
        console.print(line, style="red" if "MISSED" in line or "not" in line else "green")


def keep(results: Results) -> None:
    JSON_FILE.parent.mkdir(exist_ok=True)
    JSON_FILE.write_text(json.dumps(_plain(results), ensure_ascii=False, indent=1) + "\n")


def publish(results: Results, days: Mapping[str, str]) -> None:
    """The page, with the day of each part."""
    PAGE.write_text(page(results, days))


def page(results: Results, days: Mapping[str, str]) -> str:
    prices = {"read": READ_USD_PER_MILLION, "write": WRITE_USD_PER_MILLION}
    parts = [_INTRODUCTION.format(machine=_machine(), batch=BATCH, **prices), _measured_on(days)]
    for sheet in sheets(results):
        parts += [f"## {sheet.title}", _markdown(sheet)]
    parts += ["## Targets", "\n".join(f"- {line}" for line in verdicts(results))]
    return "\n\n".join(parts) + "\n"


def _measured_on(days: Mapping[str, str]) -> str:
    parts: dict[str, list[str]] = {}
    for part, day in days.items():
        parts.setdefault(day, []).append(part)
    said = (f"on {day}: {', '.join(each)}" for day, each in sorted(parts.items()))
    return f"Measured {'; '.join(said)}."


def _warm_rows(results: Results) -> Rows:
    rows = []
    for operation, measured in results.warm.items():
        against = ratios(measured)
        for name, one in measured.items():
            wall, cpu = (
                (f"{value:.2f}" for value in against[name]) if name in against else ("–", "–")
            )
            rows.append([
                results.titles[operation], TITLES[name], f"{one.wall_ms:.2f}", f"{one.cpu_ms:.2f}",
                wall, cpu, str(one.cost.requests), f"{one.cost.read_units:g}",
                f"{one.cost.write_units:g}", f"{one.cost.usd_per_million:.2f}",
            ])  # fmt: skip
    return rows


def _replay_rows(replayed: Mapping[str, Replayed]) -> Rows:
    bare = replayed[BARE].per_second
    return [
        [
            TITLES[name], f"{one.per_second:.0f}", f"{one.per_second / bare:.2f}",
            f"{one.cpu_s / one.records * 1000:.2f}",
            *(f"{value / BATCH:.2f}" for value in (*one.cost, one.cost.usd_per_million)),
        ]
        for name, one in replayed.items()
    ]  # fmt: skip


def _books_row(proved: Proved) -> list[str]:
    counts = (proved.members, proved.entries, proved.orders, round(proved.per_second))
    return [*(f"{count:,}" for count in counts), f"{proved.grown_bytes / 1e6:.1f}"]


def _fanout_row(told: Told) -> list[str]:
    counts = (told.subscribers, told.kills, told.doubled, told.missed, told.in_doubt, told.left_out)
    return [
        *(f"{count:,}" for count in counts), f"{told.per_second:.0f}",
        f"{told.cpu_s / told.subscribers * 1000:.2f}", f"{told.grown_bytes / 1e6:.1f}",
        f"{told.cost.read_units:.2f}", f"{told.cost.write_units:.2f}",
        f"{told.cost.usd_per_million / 10:.3f}",
    ]  # fmt: skip


def _growth_rows(grown: Mapping[str, Grown]) -> Rows:
    return [
        [
            name, f"{one.few_ms:.2f}", f"{one.many_ms:.2f}", f"{one.many_ms / one.few_ms:.2f}",
            f"{one.few_cost.requests} → {one.many_cost.requests}",
            f"{one.few_cost.read_units:g} → {one.many_cost.read_units:g}",
        ]
        for name, one in grown.items()
    ]  # fmt: skip


def _cold_rows(cold: Mapping[str, Start]) -> Rows:
    bare = cold[BARE]
    return [
        [
            TITLES[name],
            *(f"{ms:.0f}" for ms in took),
            *(f"{ms / least:.2f}" for ms, least in zip(took, bare, strict=True)),
        ]
        for name, took in cold.items()
    ]


def _package_rows(packages: Mapping[str, Size]) -> Rows:
    return [
        [TITLES[name], *(f"{each / 1e6:.2f}" for each in size)] for name, size in packages.items()
    ]


def _verdict(what: str, value: float, limit: float) -> str:
    return f"{what} {value:.2f}, at most {limit:.4g}: {'met' if value <= limit else 'MISSED'}"


def _markdown(sheet: Sheet) -> str:
    lines = [sheet.columns, ["---"] * len(sheet.columns), *sheet.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(results: Results) -> dict[str, Any]:
    return {
        "machine": _machine(),
        "titles": TITLES | results.titles,
        "warm": {
            operation: {
                name: asdict(one) | {"cost": one.cost._asdict()}
                | dict(zip(("wall_ratio", "cpu_ratio"), ratios(measured).get(name, ()), strict=False))
                for name, one in measured.items()
            }
            for operation, measured in results.warm.items()
        },
        "growth": {
            name: asdict(one)
            | {"few_cost": one.few_cost._asdict(), "many_cost": one.many_cost._asdict()}
            for name, one in results.growth.items()
        },
        "replay": {
            name: asdict(one) | {"cost": one.cost._asdict(), "per_second": one.per_second}
            for name, one in results.replay.items()
        },
        "books": results.books and asdict(results.books),
        "fanout": results.fanout and asdict(results.fanout),
        "cold": {name: one._asdict() for name, one in results.cold.items()},
        "packages": {name: size._asdict() for name, size in results.packages.items()},
        "verdicts": verdicts(results),
    }  # fmt: skip


def _machine() -> str:
    cores = Path("/proc/cpuinfo")
    count = cores.read_text().count("processor\t:") if cores.exists() else 0
    return f"Python {platform.python_version()}, {platform.machine()}, {count or 'some'} cores"


_INTRODUCTION = """# Benchmarks

Written by `make bench` ({machine}; DynamoDB Local). Do not edit. What is compared was measured in one run.

Each contestant is a process of its own that is handed the same API Gateway events, answers the same fields and writes
the same items: the phone is found by HMAC, opened from AES-GCM and masked; a spend draws from the member's lots and is
one conditional transaction of name, entry and account; a refund is one with the sale that it answers. They take turns a
few calls at a time; the numbers are medians. **Ratios hold on a noisy machine, milliseconds do not.** Units are
reckoned from what went over the wire by DynamoDB's published rule. USD for a million are those units at the list price
of on-demand tables, taken to be {read} for a million read units and {write} for a million write units (AWS's price
page, us-east-1, since November 2024; other regions differ).

A replay hands in off-line journals, {batch} records a batch: the house checks each signature, card and link and keeps a
trace of each record, the bare loop only writes the same sales. The books are proved by reading all of them, one member
with 100,000 entries among them; memory is what the process grew by meanwhile. Subscribers
are told by a channel that only counts, in one process, which is killed at random calls and goes on from the claims:
nobody may be told twice, and who was being told as it died is in doubt, and not told again.
A cold start is a fresh process with the
unpacked package and no bytecode but what it ships, from start to first answer (a look-up by phone, with the key read
from the parameter store; of the house also a provider's push of a receipt, for which Aliyun waits 700 ms). The bare package is trimmed and ships bytecode as ours does; the others are as their tools
leave them.

![plot](bench.png)"""
