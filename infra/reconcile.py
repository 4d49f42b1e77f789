"""Prove the books of a stage now: `make reconcile`, or `make reconcile STAGE=prod`.

python -m infra.reconcile --stage local

Every member is recomputed from their entries; each difference is told with the entries that make it. Answers 1 where
there is one.
"""

import argparse
import sys

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from chalicelib.ledger.model.books_words import Difference
from chalicelib.ledger.service.books import Run, Walk
from infra import stages


def main() -> int:
    """Walk through the whole book, with progress."""
    parser = argparse.ArgumentParser(description="Prove the books of a stage")
    parser.add_argument("--stage", required=True)
    console = Console()
    stages.enter(parser.parse_args().stage, console)
    run = prove(console)
    console.print(counts(run))
    if run.differences:
        console.print("[red]The books differ.[/red]")
        return 1
    console.print("[green]The books are right.[/green]")
    return 0


def prove(console: Console) -> Run:
    """Tell each difference as it is found."""

    def told(difference: Difference) -> None:
        entries = ", ".join(difference.entries) or "no entry"
        console.print(f"{difference.about}: {difference.words} ({entries})", markup=False)

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Reading the book")
        walk = Walk(
            Run(),
            found=told,
            step=lambda run: progress.update(task, description=counts(run)),
        )
        walk.go()
    return walk.run


def counts(run: Run) -> str:
    """How far it got."""
    return (
        f"{run.members} members, {run.entries} entries, {run.orders} orders, "
        f"{run.differences} differences"
    )


if __name__ == "__main__":
    sys.exit(main())
