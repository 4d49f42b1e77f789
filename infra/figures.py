"""Make the daily figures of stores anew from the entries, while the tills go on.

python -m infra.figures --rebuild --store s1 --date 2026-11-22 [--stage prod]
python -m infra.figures --rebuild                               every store, every day of the last year
python -m infra.figures --rebuild --since 2026-11-01            every store, every day since then
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from rich.console import Console
from rich.progress import track

from chalicelib.access import service as access
from chalicelib.access.model import Store
from chalicelib.kernel import clock
from chalicelib.stores.built import figures
from chalicelib.stores.service.figures import Rebuilt
from infra import stages

A_YEAR = timedelta(days=366)


def main() -> int:
    """Rebuild as asked on the command line."""
    asked = parsed()
    console = Console()
    stages.enter(asked.stage, console)
    stores = [each for each in access.stores() if asked.store in {None, each.store_id}]
    days = [day for store in stores for day in days_of(store, asked)]
    rebuilt = [
        figures().rebuild(*day) for day in track(days, "Making figures anew", console=console)
    ]
    for each in rebuilt:
        tell(console, each)
    console.print(f"{len(rebuilt)} days, {sum(bool(each.differs) for each in rebuilt)} differed.")
    return 0


def parsed() -> argparse.Namespace:
    """What is asked."""
    parser = argparse.ArgumentParser(description="Daily figures of stores")
    parser.add_argument("--rebuild", action="store_true", required=True)
    parser.add_argument("--stage", default="local")
    parser.add_argument("--store", help="one store; all of them where left out")
    parser.add_argument("--date", type=date.fromisoformat, help="one business day")
    parser.add_argument("--since", type=date.fromisoformat, help="every day from this one on")
    return parser.parse_args()


def days_of(store: Store, asked: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The store's business days that are asked for."""
    today = store.business_date(clock.now())
    day = asked.date or asked.since or today - A_YEAR
    last = asked.date or today
    while day <= last:
        yield store.store_id, day.isoformat()
        day += timedelta(days=1)


def tell(console: Console, rebuilt: Rebuilt) -> None:
    """In what a day was wrong."""
    for name, (was, now) in rebuilt.differs.items():
        day = f"{rebuilt.now.store_id} {rebuilt.now.business_date}"
        console.print(f"{day} {name}: {was} is {now}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
