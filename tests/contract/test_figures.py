"""What a test prints for who watches it is seen, however it is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.paths import ROOT

ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # some take seconds to load
PRINTS = """
from tests.figures import show

def test_prints(capsys):
    show(capsys, "42 sales", "  2 refunds")
"""


@pytest.mark.parametrize("side_by_side", ["-n0", "-n1"])
def test_figures_are_seen_also_where_tests_run_side_by_side(
    tmp_path: Path, side_by_side: str
) -> None:
    (tmp_path / "test_it.py").write_text(PRINTS)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    options = ("-q", "-p", "xdist", side_by_side, "-p", "no:cacheprovider")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **ALONE},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "42 sales\n  2 refunds\n" in ran.stderr
