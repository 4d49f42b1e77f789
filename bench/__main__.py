"""Measure the house beside its peers: a table, build/bench.json, and what is kept in docs/bench.md and docs/bench.png.

python -m bench                          everything, about an hour, and keep it
python -m bench --only lookup,spend      some of: lookup spend "1 lot" "5 lots" "20 lots" refund history status stream
                                         deliver receipts replay growth books fanout cold package
python -m bench --only cold --keep       and keep that, in the place of what is kept of it
"""

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import (
    books,
    cold,
    contestants,
    fanout,
    growth,
    kept,
    packages,
    replay,
    report,
    seeding,
    warm,
    world,
)
from bench.contestants import BARE, CONTESTANTS, HOUSE
from bench.results import Results
from bench.world import World
from infra.paths import ROOT

_WARM = {operation.name: operation for operation in warm.OPERATIONS}
_GROUPS = (  # each in tables of its own: the emulator gets slower as it fills
    ("lookup", "spend", "refund", "history", "status", "stream", "cold"),
    ("deliver", "receipts"),
    ("1 lot", "5 lots", "20 lots"),
    ("replay",),
    ("growth", "books"),
    ("fanout",),
)
PARTS = (*_WARM, "replay", "growth", "books", "fanout", "cold", "package")


def main() -> int:
    parts, to_keep = _asked()
    console = Console()
    console.width = max(console.width, 130)  # the tables say too little when they are squeezed
    results = Results()
    with Progress(
        TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn(), console=console
    ) as progress:
        run(parts, results, progress)
    report.show(results, console)
    report.keep(results)
    console.print("build/bench.json", style="dim")
    if to_keep:
        everything, days = kept.merged(results, parts, f"{datetime.now(UTC):%Y-%m-%d}")
        in_order(everything)
        report.keep(everything)
        report.publish(everything, days)
        draw()
        console.print("docs/bench.json, docs/bench.md, docs/bench.png", style="dim")
    return 0


def run(parts: list[str], results: Results, progress: Progress) -> None:
    if {"cold", "package"} & set(parts):
        task = progress.add_task("packages", total=1)
        results.packages = {each.name: each.size for each in packages.all_of_them()}
        progress.advance(task)
    for group in _GROUPS:
        if asked := [part for part in group if part in parts]:
            with world.opened() as place:
                _measure(asked, place, results, progress)
    in_order(results)


def in_order(results: Results) -> None:
    results.warm = {name: results.warm[name] for name in _WARM if name in results.warm}


def _measure(parts: list[str], place: World, results: Results, progress: Progress) -> None:
    _warm_parts([name for name in parts if name in _WARM], place, results, progress)
    if "replay" in parts:
        _replay(place, results, progress)
    if "cold" in parts:
        task = progress.add_task("cold start", total=cold.ROUNDS + 1)
        results.cold = cold.measure(place, packages.all_of_them(), lambda: progress.advance(task))
    if "fanout" in parts:
        task = progress.add_task(f"telling {fanout.SUBSCRIBERS:,} subscribers", total=2)
        with contestants.running([HOUSE], place.env) as line:
            results.fanout = fanout.measure(line[HOUSE], partial(progress.advance, task))
    if {"growth", "books"} & set(parts):
        _grown(parts, place, results, progress)


def _warm_parts(names: list[str], place: World, results: Results, progress: Progress) -> None:
    if not names:
        return
    with contestants.running(CONTESTANTS, place.env) as line:
        for name in names:
            operation = _WARM[name]
            task = progress.add_task(operation.about, total=operation.rounds)
            measured = warm.measure(operation, place, line, partial(progress.advance, task))
            if not measured:
                results.missing.append(operation.about)
                continue
            results.warm[name] = measured
            results.titles[name] = operation.about


def _replay(place: World, results: Results, progress: Progress) -> None:
    task = progress.add_task("replay of journals", total=replay.RECORDS // replay.BATCH)
    with contestants.running([HOUSE, BARE], place.env) as line:
        results.replay = replay.measure(place, line, lambda: progress.advance(task))


def _grown(parts: list[str], place: World, results: Results, progress: Progress) -> None:
    task = progress.add_task("seeding 100,000 entries", total=None)
    seeded = seeding.grow(
        place, lambda done, total: progress.update(task, completed=done, total=total)
    )
    with contestants.running([HOUSE], place.env) as line:
        if "books" in parts:
            task = progress.add_task("proving the books", total=1)
            results.books = books.measure(line[HOUSE], partial(progress.advance, task))
        if "growth" in parts:
            task = progress.add_task("growth", total=None)
            results.growth = growth.measure(
                place, seeded, line[HOUSE], partial(progress.advance, task)
            )
            progress.update(task, total=1, completed=1)


def draw() -> None:
    """In the environment that has matplotlib."""
    python = contestants.python_of("plot")
    files = (str(report.JSON_FILE), str(report.PNG_FILE))
    subprocess.run([str(python), "-m", "bench.plot", *files], cwd=ROOT, check=True)


def _asked() -> tuple[list[str], bool]:
    """The parts, and whether they are to be kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas")
    parser.add_argument("--keep", action="store_true", help="also of a run of some parts")
    asked = parser.parse_args()
    parts = [name.strip() for name in asked.only.split(",")]
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return parts, asked.keep or set(parts) == set(PARTS)


if __name__ == "__main__":
    sys.exit(main())
