"""The companion as a store's program runs it: a process that reads commands and writes answers, a line each."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.paths import ROOT

Command = Mapping[str, Any]


def configured(folder: Path, endpoints: Sequence[str], key: str, **more: float | str) -> Path:
    """A till.toml in this folder, its home beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "terminal.key").write_text(key)
    values = {"store_id": "s1", "terminal_key_file": "terminal.key", "home": "till", **more}
    lines = [f"endpoints = {json.dumps(list(endpoints))}"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path = folder / "till.toml"
    path.write_text("\n".join(lines))
    return path


@contextmanager
def piping(
    config: Path, commands: Sequence[Command], lines: int = 0
) -> Iterator["subprocess.Popen[str]"]:
    """A running `dengta-till pipe` that finds all its commands waiting; ended, if it still runs, at the end."""
    todo = config.parent / f"commands-{secrets.token_hex(4)}.jsonl"
    todo.write_text("".join(json.dumps(each) + "\n" for each in commands))
    command = [sys.executable, "-m", "tests.clients.till.plugged", str(lines), "pipe"]
    with (
        todo.open() as stdin,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(config),
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def environment(config: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'clients' / 'till'}",
        "PYTHONUTF8": "1",
        "DENGTA_TILL_CONFIG": str(config),
        "LANG": "en_US.UTF-8",
    }
