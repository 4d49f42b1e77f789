"""Cold starts: a fresh process, the unpacked package, no bytecode but what it ships, until the first answer is out."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import front, world
from bench.contestants import HOUSE
from bench.packages import Deployable
from bench.world import Event, World

ROUNDS = 11
RECEIPT = "receipt"  # the house, when the first call is a push of one receipt
_CALLBACK = "bench-callback"
_PROGRAM = """
import sys
package, module, attribute, told = sys.argv[1:]
sys.path.insert(0, package)
import importlib, json, os
with open(told) as file:
    event = json.load(file)
handler = getattr(importlib.import_module(module), attribute)
answer = handler(event, None)
os.write(2, str(answer["statusCode"]).encode() + b"\\n")
os._exit(0)
"""


class Start(NamedTuple):
    """From a process's start to its first answer; what the processor worked for it."""

    wall_ms: float
    cpu_ms: float


def measure(
    place: World, packages: Sequence[Deployable], tick: Callable[[], None]
) -> dict[str, Start]:
    """Medians by contestant; interleaved. The first answer is a look-up by phone, and of the house also a receipt's."""
    parameters = {place.env["KEYRING_PARAM"]: place.env["BENCH_KEYRING"], _CALLBACK: _CALLBACK}
    url = place.env["AWS_ENDPOINT_URL"]
    with front.door(url, parameters) as door, tempfile.TemporaryDirectory() as work:
        lookup = _told(work, world.lookup_event(place, place.phones[0]))
        receipt = _told(work, world.receipt_event(place, _CALLBACK))
        env = environment(place.env, door) | {"SMS_CALLBACK_SECRET_PARAM": _CALLBACK}
        starts = {each.name: partial(start, each, lookup, env) for each in packages}
        house = next(each for each in packages if each.name == HOUSE)
        starts[RECEIPT] = partial(start, house, receipt, env)
        taken: dict[str, list[Start]] = {name: [] for name in starts}
        for at in range(ROUNDS + 1):
            for name, begin in starts.items():
                took = begin()
                if at:  # the first only fills the disk's cache
                    taken[name].append(took)
            tick()
    return {
        name: Start(median(one.wall_ms for one in all_), median(one.cpu_ms for one in all_))
        for name, all_ in taken.items()
    }


def _told(folder: str, event: Event) -> Path:
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".json", delete=False) as file:
        json.dump(event, file)
    return Path(file.name)


def environment(known: Mapping[str, str], door: str) -> dict[str, str]:
    """As a function has it; only the tutorial finds its keys here."""
    return {"PATH": os.defpath, **known, "AWS_ENDPOINT_URL": door}


def start(package: Deployable, told: Path, env: Mapping[str, str]) -> Start:
    own = dict(env)
    if package.name != "tutorial":
        del own["BENCH_KEYRING"]
    command = [
        *(sys.executable, "-B", "-I", "-S", "-c", _PROGRAM),
        *(str(package.unpacked), package.module, package.attribute, str(told)),
    ]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        said = process.stderr.readline() if process.stderr else ""
        took_ms = (time.perf_counter() - started) * 1000
        rest = process.stderr.read() if process.stderr else ""
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it is reaped here, for what it used
    if said.strip() != "200":
        raise RuntimeError(f"{package.name} answered {said}{rest}")
    return Start(took_ms, (used.ru_utime + used.ru_stime) * 1000)
