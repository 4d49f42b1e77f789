"""Cold starts: a fresh process, the unpacked package, no bytecode but what it ships, until the first answer is out."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import front, world
from bench.packages import Deployable
from bench.world import World

ROUNDS = 11
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
    """Medians by contestant; interleaved. The first answer is a look-up by phone."""
    taken: dict[str, list[Start]] = {each.name: [] for each in packages}
    url, parameters = (
        place.env["AWS_ENDPOINT_URL"],
        {place.env["KEYRING_PARAM"]: place.env["BENCH_KEYRING"]},
    )
    with front.door(url, parameters) as door, tempfile.TemporaryDirectory() as work:
        told = Path(work) / "event.json"
        told.write_text(json.dumps(world.lookup_event(place, place.phones[0])))
        env = environment(place.env, door)
        for at in range(ROUNDS + 1):
            for each in packages:
                took = start(each, told, env)
                if at:  # the first only fills the disk's cache
                    taken[each.name].append(took)
            tick()
    return {
        name: Start(median(one.wall_ms for one in all_), median(one.cpu_ms for one in all_))
        for name, all_ in taken.items()
    }


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
