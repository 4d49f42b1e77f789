"""What an operator types on a laptop."""

import subprocess
from pathlib import Path

import pytest

from infra.paths import ROOT

needs_an_environment = pytest.mark.skipif(
    not (ROOT / ".venv").exists(), reason="this checkout has no .venv: `make venv` makes it"
)


def dengta(*arguments: str, by: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(by), *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


@needs_an_environment
def test_a_link_to_it_publishes_from_any_folder(tmp_path: Path) -> None:
    link = tmp_path / "dengta"
    link.symlink_to(ROOT / "infra" / "dengta")
    told = dengta("status", "--help", by=link, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "{show,report,update}" in told.stdout


@needs_an_environment
def test_it_says_what_there_is_where_it_is_asked_for_something_else(tmp_path: Path) -> None:
    told = dengta("stauts", by=ROOT / "infra" / "dengta", cwd=tmp_path)
    assert told.returncode == 2
    assert "dengta {status}" in told.stderr
