"""All checks beside the tests, each by name, all run even when one fails.

python -m infra.check            runs all
python -m infra.check types      runs those named
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from infra import chalice_files, package, status_site
from infra.paths import CACHE, CHALICE, REQUIREMENTS, ROOT

BIN = Path(sys.executable).parent
SOURCES = ("app.py", "chalicelib", "infra", "clients/till/dengta_till")
REGIONS = ("us-east-1", "cn-north-1")
CHECKOV = "checkov==3.3.30"
AUDIT_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Result:
    """How one check ended; `note` says why it could not run, when it could not; `out` is what it printed."""

    ok: bool
    text: str = ""
    note: str = ""
    out: str = ""


def run(*command: str, env: dict[str, str] | None = None, timeout_seconds: float = 900) -> Result:
    """Run a tool of the environment on the checkout."""
    ran = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
        check=False,
    )
    return Result(ran.returncode == 0, f"{ran.stdout}{ran.stderr}".strip(), out=ran.stdout)


def lint() -> Result:
    """Ruff's rules."""
    return run("ruff", "check", ".")


def layout() -> Result:
    """Ruff's formatter has nothing to change."""
    return run("ruff", "format", "--check", ".")


def types() -> Result:
    """Mypy, strict."""
    return run("mypy")


def imports() -> Result:
    """Who may know whom."""
    return run("lint-imports", "--no-cache")


def generated() -> Result:
    """The files in .chalice/ are those of today's function table."""
    stale = chalice_files.outdated(CHALICE)
    return Result(not stale, f"out of date: {stale}; run python -m infra.chalice_files")


def template() -> Result:
    """The finished template and that of a second status page, for a region of each partition."""
    built = (str(package.current().template), str(status_site.write()))
    return run("cfn-lint", "--template", *built, "--regions", *REGIONS)


def security() -> Result:
    """Bandit on what runs in Lambda and on what deploys it.

    Left to ruff, whose S rules look at the same line by line: calls of our own commands without a
    shell (B404, B603), words that look like passwords (B105, B106), chance that guards nothing (B311).
    """
    skipped = "B404,B603,B105,B106,B311"
    options = ("--quiet", "--configfile", "pyproject.toml", "--skip", skipped, "--recursive")
    return run("bandit", *options, *SOURCES)


def vulnerabilities() -> Result:
    """Known holes in what ships, when the service that knows them can be asked."""
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    try:
        result = run(
            "pip-audit", "--requirement", str(REQUIREMENTS), *options,
            timeout_seconds=AUDIT_TIMEOUT_SECONDS,
        )  # fmt: skip
        found = json.loads(result.out)["dependencies"]
    except subprocess.TimeoutExpired:
        return Result(ok=True, note="the vulnerability service did not answer in time")
    except json.JSONDecodeError:
        return Result(ok=True, note=f"could not ask: {result.text.splitlines()[-1]}")
    unknown = [one["name"] for one in found if "skip_reason" in one]
    holes = [one for one in found if one.get("vulns")]
    if unknown and not holes:
        why = f"the service knew nothing of {len(unknown)} of {len(found)} packages"
        return Result(ok=True, note=f"{why}: this registry does not carry its answers")
    return Result(not holes, json.dumps(holes, indent=1))


def infrastructure() -> Result:
    """Checkov on the template, from an environment of its own: its pins are not ours."""
    home = CACHE / "checkov"
    tool = home / "bin" / "checkov"
    if not tool.exists():
        made = install_checkov(home)
        if made:
            return Result(ok=True, note=made)
    built = package.current()
    return run(
        str(tool), "--file", str(built.template), "--config-file", str(ROOT / "infra/checkov.yaml")
    )


def install_checkov(home: Path) -> str:
    """Install it; answers why not, or nothing."""
    commands = (
        [sys.executable, "-m", "venv", str(home)],
        [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", CHECKOV],
    )
    for command in commands:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            return f"checkov could not be installed: {ran.stderr.strip().splitlines()[-1]}"
    return ""


CHECKS: tuple[Callable[[], Result], ...] = (
    lint,
    layout,
    types,
    imports,
    generated,
    template,
    security,
    vulnerabilities,
    infrastructure,
)


def main(names: Sequence[str]) -> int:
    """Run and say how each went."""
    console = Console()
    failed = 0
    for check in CHECKS:
        if names and check.__name__ not in names:
            continue
        began = time.monotonic()
        result = check()
        took = f"{time.monotonic() - began:5.1f} s"
        word = "[green]ok    [/green]" if result.ok else "[red]failed[/red]"
        word = "[yellow]not run[/yellow]" if result.note else word
        console.print(f"{word} {check.__name__:16} {took}  {result.note}", soft_wrap=True)
        if not result.ok:
            failed += 1
            console.print(result.text, markup=False, soft_wrap=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
