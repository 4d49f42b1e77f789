"""Where one local stack keeps what it has; DENGTA_LOCAL_DIR chooses another for a second one."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.paths import ROOT


@dataclass(frozen=True)
class Places:
    """The folders and files of one local stack."""

    home: Path

    @classmethod
    def from_environment(cls) -> "Places":
        """The stack that the environment names, else `.local/` of this checkout."""
        return cls((ROOT / os.environ.get("DENGTA_LOCAL_DIR", ".local")).resolve())

    @property
    def stack_file(self) -> Path:
        """Says to callers where things are."""
        return self.home / "stack.json"

    @property
    def ports_file(self) -> Path:
        """Keeps addresses the same over a restart."""
        return self.home / "ports.json"

    @property
    def deployed_file(self) -> Path:
        """Remembers what was deployed last."""
        return self.home / "deployed.json"

    @property
    def run(self) -> Path:
        """Who runs."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """What they said."""
        return self.home / "log"

    @property
    def state(self) -> Path:
        """What must survive a restart, one folder for each service."""
        return self.home / "state"


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file's content; nothing when it is missing."""
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file at once, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    draft.replace(path)
