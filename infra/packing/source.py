"""Our own code and the template, as `chalice package` makes them from a clean copy."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from infra.chalice_files import STAGE, write
from infra.functions import FUNCTIONS
from infra.paths import ROOT
from infra.settings import SETTINGS
from infra.tables import TABLES
from infra.template import merge_template

ANY_REGION = "us-east-1"  # Chalice wants one; the template it writes is the same for all


def chalice_package(work: Path, package: Path) -> dict[str, Any]:
    """Lay our code into `package` and answer the finished template."""
    project, out = work / "project", work / "out"
    copy_sources(project)
    merge = work / "merge.json"
    merge.write_text(json.dumps(merge_template()))
    run_chalice(project, merge, out)
    with zipfile.ZipFile(out / "deployment.zip") as archive:
        archive.extractall(package)
    template: dict[str, Any] = json.loads((out / "sam.json").read_text())
    compare_functions(template)
    return template


def compare_functions(template: dict[str, Any]) -> None:
    """The app registers just the functions that the table names. Raises with the difference."""
    made = {name for name, one in template["Resources"].items() if is_function(one)}
    named = {function.logical_id for function in FUNCTIONS}
    if named - made:
        raise RuntimeError(
            f"app.py does not register what infra/functions.py names: {named - made}"
        )
    if made - named:
        raise RuntimeError(
            f"infra/functions.py does not know what app.py registers: {made - named}"
        )


def is_function(resource: dict[str, Any]) -> bool:
    """Whether Chalice wrote this function; what is only ours to add has no type."""
    return resource.get("Type") == "AWS::Serverless::Function"


def copy_sources(project: Path) -> None:
    """A project that holds nothing but what ships, with no requirements: wheels come by us."""
    shutil.copytree(
        ROOT / "chalicelib", project / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "app.py", project)
    (project / "requirements.txt").touch()
    write(project / ".chalice")


def run_chalice(project: Path, merge: Path, out: Path) -> None:
    """`chalice package`, with harmless settings because it imports the app."""
    command = [
        *(sys.executable, "-c", "from chalice.cli import main; main()", "package"),
        *("--stage", STAGE, "--merge-template", str(merge), str(out)),
    ]
    ran = subprocess.run(
        command, cwd=project, env=harmless(), capture_output=True, text=True, check=False
    )
    if ran.returncode or not (out / "deployment.zip").exists():
        raise RuntimeError(f"chalice package failed:\n{ran.stdout}{ran.stderr}")


def harmless() -> dict[str, str]:
    """An environment in which the app can be imported and reaches nothing."""
    settings = {setting.env: setting.default for setting in SETTINGS}
    names = {table.env: f"packaging-{table.name}" for table in TABLES}
    own = {"AWS_DEFAULT_REGION": ANY_REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    return dict(os.environ) | settings | names | own
