"""What is printed and kept of a run: tables, JSON, the page in docs."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.cold import RECEIPT
from bench.contestants import BARE, HOUSE, TITLES
from bench.replay import BATCH
from bench.results import Results
from bench.sheets import Sheet, sheets
from bench.units import READ_USD_PER_MILLION, WRITE_USD_PER_MILLION
from bench.warm import ratios
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

A cold start is a fresh process with the unpacked package and no bytecode but what it ships, from start to first answer
(a look-up by phone, with the key read from the parameter store; of the house also a provider's push of a receipt, for
which Aliyun waits 700 ms). The bare package is trimmed and ships bytecode as ours does; the others are as their tools
leave them.

![plot](bench.png)"""
