"""End the local stack: only the processes that `up` noted, and they keep their state.

python -m infra.local.down            ends them
python -m infra.local.down --reset    and forgets all that they kept
"""

import shutil
import sys

from rich.console import Console

from infra.local import services
from infra.local.places import Places
from infra.locks import locked

FORGOTTEN_FOLDERS = ("state", "log", "run", "tmp")
FORGOTTEN_FILES = ("stack.json", "deployed.json", "ports.json")


def down(places: Places, console: Console) -> None:
    """End what runs, in the reverse order of the start."""
    for name in ("front door", "upstreams", "emulator"):
        with console.status(f"Ending the {name} …"):
            ended = services.end(places, name)
        console.print(f"The {name} {'is ended' if ended else 'did not run'}.")


def reset(places: Places) -> None:
    """Forget the state; what was fetched (the cache) stays."""
    for folder in FORGOTTEN_FOLDERS:
        shutil.rmtree(places.home / folder, ignore_errors=True)
    for file in FORGOTTEN_FILES:
        (places.home / file).unlink(missing_ok=True)


def main() -> int:
    """Do as asked."""
    console = Console()
    places = Places.from_environment()
    with locked(places.home / "up.lock"):
        down(places, console)
        if "--reset" in sys.argv[1:]:
            reset(places)
            console.print("Its state is forgotten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
