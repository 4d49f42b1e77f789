"""What `make package` builds: the same bytes each time, within its limits, whole."""

import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.package import Package
from infra.packing import bytecode


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Package, Package]:
    """Two builds from the same sources. Each has proved that its handlers import by themselves."""
    homes = (tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second"))
    return package.build(homes[0] / "build"), package.build(homes[1] / "build")


def test_two_builds_are_the_same_byte_for_byte(built: tuple[Package, Package]) -> None:
    first, second = built
    assert package.sha256(first.archive) == package.sha256(second.archive)
    assert first.template.read_text() == second.template.read_text()


def test_the_package_keeps_its_limits(built: tuple[Package, Package]) -> None:
    assert package.report(built[0])


def test_our_sources_ship_with_their_bytecode_and_libraries_as_bytecode_only(
    built: tuple[Package, Package],
) -> None:
    with zipfile.ZipFile(built[0].archive) as packed:
        names = {Path(name) for name in packed.namelist()}
    sources = {name for name in names if name.suffix == ".py"}
    compiled = {name for name in names if name.suffix == ".pyc"}
    ours = {name for name in sources if name.parts[0] in bytecode.OWN}
    assert {(name.parent, name.stem) for name in ours} == {
        (name.parent.parent, name.name.split(".")[0])
        for name in compiled
        if name.parts[0] == "chalicelib" or name.name.startswith("app.")
    }
    assert sources == ours
    assert Path("botocore/session.pyc") in compiled


def test_nothing_of_the_workshop_ships(built: tuple[Package, Package]) -> None:
    tops = {path.name for path in built[0].unpacked.iterdir()}
    assert tops & {"infra", "tests", "bench", "boto3", "pip", "pytest", "moto"} == set()
