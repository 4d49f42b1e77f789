"""Start a child process with a log, wait until it answers, and end it: with readable failures."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.1
LOG_TAIL_LINES = 30
STARTTIME = (
    19  # proc_pid_stat(5): field 22, and two stand before the closing parenthesis, counted from 1
)


class DidNotComeUpError(RuntimeError):
    """A process ended early or did not answer before its deadline."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def is_listening(port: int) -> bool:
    """Whether somebody accepts connections on this port of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def start(
    command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, writing to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )


def wait_until(
    is_up: Callable[[], bool],
    *,
    what: str,
    timeout_seconds: float,
    process: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
) -> None:
    """Return once `is_up`; raise DidNotComeUpError with the log's tail when it never is."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            message = f"{what} ended at once with code {process.returncode}.{tail(log)}"
            raise DidNotComeUpError(message)
        if is_up():
            return
        time.sleep(POLL_SECONDS)
    message = f"{what} did not come up within {timeout_seconds:.0f} seconds.{tail(log)}"
    raise DidNotComeUpError(message)


def tail(log: Path | None) -> str:
    """The end of a log, introduced by its path; nothing when there is no log."""
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f" The end of {log}:", *(f"  {line}" for line in lines)])


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that `start` made in this very program."""
    stop_group(process.pid)
    process.wait()


def stop_group(pid: int, timeout_seconds: float = 10) -> None:
    """End a process that `start` made together with its children; first asked, then forced."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except ProcessLookupError:
            return
        if wait_gone(pid, timeout_seconds):
            return


def wait_gone(pid: int, timeout_seconds: float) -> bool:
    """Whether the process is gone before the time is up; a child of ours is reaped on the way."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(POLL_SECONDS)
    return False


def is_alive(pid: int) -> bool:
    """Whether this process runs; a finished child of ours is reaped and counts as gone."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def born(pid: int) -> str | None:
    """When a process began, in the system's own words; None when there is none.

    Numbers of processes come round again: number and birth together name just one.
    """
    if Path("/proc/self/stat").exists():
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        except (FileNotFoundError, ProcessLookupError):
            return None
        return after_name.split()[STARTTIME]
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or None
