"""What is written from the tables in infra/ is committed as it is written today."""

from pathlib import Path

from infra import chalice_files
from infra.paths import CHALICE


def test_the_files_of_chalice_are_those_of_the_function_table() -> None:
    assert chalice_files.outdated(CHALICE) == []


def test_a_changed_and_a_forgotten_policy_are_noticed(tmp_path: Path) -> None:
    chalice_files.write(tmp_path)
    (tmp_path / "policy-audit.json").write_text("{}")
    (tmp_path / "policy-gone.json").write_text("{}")
    assert chalice_files.outdated(tmp_path) == ["policy-audit.json", "policy-gone.json"]
    chalice_files.write(tmp_path)
    assert chalice_files.outdated(tmp_path) == []
