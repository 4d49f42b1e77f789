"""Figures that a test prints for who watches it run: of tests side by side only stderr is seen."""

import sys

import pytest


def show(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print(*lines, sep="\n", file=sys.stderr, flush=True)  # noqa: T201
