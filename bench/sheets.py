"""The tables of what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.books import Proved
from bench.cold import Start
from bench.contestants import BARE, TITLES
from bench.fanout import Told
from bench.growth import Grown
from bench.packages import Size
from bench.replay import BATCH, Replayed
from bench.results import Results
from bench.warm import ratios

Rows = list[list[str]]


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
                wall, cpu, f"{one.cost.requests:g}", f"{one.cost.read_units:g}",
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
            f"{one.few_cost.requests:g} → {one.many_cost.requests:g}",
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
