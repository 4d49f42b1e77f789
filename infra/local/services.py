"""The processes of a local stack: what each runs, and starting and ending just these."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import package
from infra.local import processes, standins
from infra.local.places import Places, read_json, write_json
from infra.local.ports import Ports
from infra.paths import ROOT

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 30  # the emulator writes its state down when it is asked to end
REGION = "us-east-1"
OUTLIVING_US: list[subprocess.Popen[bytes]] = []  # held, or Python warns of a child left alone
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")


@dataclass(frozen=True)
class Service:
    """One process: its command, what it listens on, and a mark that changes with its code.

    `before` is done each time just before it starts.
    """

    name: str
    command: Sequence[str]
    ports: tuple[int, ...]
    env: Mapping[str, str]
    cwd: Path
    version: str
    before: Callable[[], None] = lambda: None


def services(places: Places, ports: Ports) -> list[Service]:
    """All processes, in the order in which they start."""
    return [emulator(places, ports), upstreams(places, ports), front_door(places, ports)]


def emulator(places: Places, ports: Ports) -> Service:
    """The AWS emulator, with Lambda in local processes and its state kept."""
    state = places.state / "aws"
    env = base_environment() | {
        "GATEWAY_PORT": str(ports.emulator),
        "BIND_HOST": processes.LOOPBACK,
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "TMPDIR": str(places.home / "tmp"),
    }
    command = (sys.executable, "-m", "ministack")
    return Service(
        "emulator",
        command,
        (ports.emulator,),
        env,
        places.home,
        sys.version,
        before=lambda: forget_stream_positions(state / "lambda.json"),
    )


def forget_stream_positions(kept: Path) -> None:
    """Let streams be read from their beginning again.

    The emulator keeps over a restart how far it has read each stream, but not the stream: it would
    wait in vain for the old number of new records.
    """
    content = read_json(kept)
    if content.get("payload", {}).pop("dynamodb_stream_positions", None) is not None:
        write_json(kept, content)


def upstreams(places: Places, ports: Ports) -> Service:
    """The stand-ins for WeChat, the SMS providers and the mail server."""
    state = places.state / "upstreams"
    given = places.home / "upstreams.json"
    command = (
        *(sys.executable, "-m", "infra.upstreams", "--port", str(ports.upstreams)),
        *("--smtp-port", str(ports.smtp), "--state-dir", str(state), "--settings", str(given)),
    )
    return Service(
        "upstreams",
        command,
        (ports.upstreams, ports.smtp),
        base_environment(),
        ROOT,
        code_version("infra/upstreams", "infra/local/standins.py"),
        before=lambda: write_json(given, standins.addresses(ports)),
    )


def front_door(places: Places, ports: Ports) -> Service:
    """The one address for people."""
    command = (
        *(sys.executable, "-m", "infra.local.frontdoor", "--port", str(ports.front)),
        *("--home", str(places.home)),
    )
    version = code_version("infra/local/frontdoor.py", "infra/template/api.py")
    return Service("front door", command, (ports.front,), base_environment(), ROOT, version)


def base_environment() -> dict[str, str]:
    """Little of ours, so that a service runs the same for everybody."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed | {"PYTHONUNBUFFERED": "1"}


def code_version(*names: str) -> str:
    """A hash over these files and folders."""
    return package.digest_of([path for name in names for path in package.sources(ROOT / name)])


def ensure(places: Places, service: Service) -> bool:
    """Start the service unless it runs as it should; answers whether it was started now."""
    if is_running(places, service):
        return False
    end(places, service.name)
    for port in service.ports:
        if processes.is_listening(port):
            raise processes.DidNotComeUpError(
                f"Port {port} for the {service.name} is taken by another program. Choose others "
                f"with DENGTA_PORT_BASE=…, or remove {places.ports_file}."
            )
    (places.home / "tmp").mkdir(parents=True, exist_ok=True)
    service.before()
    log = places.log / f"{service.name.replace(' ', '-')}.log"
    process = processes.start(service.command, log, service.env, service.cwd)
    OUTLIVING_US.append(process)
    remember(places, service, process)
    processes.wait_until(
        lambda: all(processes.is_listening(port) for port in service.ports),
        what=f"The {service.name}",
        timeout_seconds=START_TIMEOUT_SECONDS,
        process=process,
        log=log,
    )
    return True


def remember(places: Places, service: Service, process: subprocess.Popen[bytes]) -> None:
    """Note who was started, so that only this very process is ended later."""
    noted = {
        "pid": process.pid,
        "born": processes.born(process.pid),
        "version": service.version,
        "ports": list(service.ports),
    }
    write_json(pid_file(places, service.name), noted)


def is_running(places: Places, service: Service) -> bool:
    """Whether our process runs, with today's code, on these ports."""
    noted = read_json(pid_file(places, service.name))
    return (
        is_ours(noted)
        and noted["version"] == service.version
        and noted["ports"] == list(service.ports)
    )


def is_ours(noted: dict[str, object]) -> bool:
    """Whether the process that was noted still runs, and is not another with its number."""
    pid = noted.get("pid")
    return (
        isinstance(pid, int) and noted["born"] is not None and processes.born(pid) == noted["born"]
    )


def end(places: Places, name: str) -> bool:
    """End the process that was noted under this name; answers whether there was one."""
    noted = read_json(pid_file(places, name))
    pid_file(places, name).unlink(missing_ok=True)
    if not is_ours(noted):
        return False
    processes.stop_group(noted["pid"], STOP_TIMEOUT_SECONDS)
    for child in [one for one in OUTLIVING_US if one.pid == noted["pid"]]:
        child.wait()
        OUTLIVING_US.remove(child)
    return True


def pid_file(places: Places, name: str) -> Path:
    """Where a service's process is noted."""
    return places.run / f"{name}.json"
