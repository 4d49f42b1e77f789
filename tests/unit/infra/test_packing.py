"""The package holds what runs, and its bytes depend on nothing else."""

import gzip
import json
import os
import zipfile
from pathlib import Path

from infra.packing import archive, slim, wheels


def lay_out(home: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return home


def test_the_same_content_packs_to_the_same_bytes(tmp_path: Path) -> None:
    files = {"app.py": "x = 1\n", "chalicelib/a.py": "", "lib/b.so": "binary"}
    first = lay_out(tmp_path / "one", files)
    second = lay_out(tmp_path / "two", dict(reversed(files.items())))
    os.utime(second / "app.py", (0, 0))
    (second / "app.py").chmod(0o600)
    archive.write(first, tmp_path / "one.zip")
    archive.write(second, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_entries_are_sorted_and_a_library_may_be_run(tmp_path: Path) -> None:
    package = lay_out(tmp_path / "p", {"z.py": "", "a/b.so": "", "a/a.py": ""})
    archive.write(package, tmp_path / "p.zip")
    with zipfile.ZipFile(tmp_path / "p.zip") as packed:
        rights = {one.filename: one.external_attr >> 16 & 0o777 for one in packed.infolist()}
    assert list(rights) == ["a/a.py", "a/b.so", "z.py"]
    assert rights == {"a/a.py": 0o644, "a/b.so": 0o755, "z.py": 0o644}


def test_sizes_are_told_by_part_with_our_own_code_as_one(tmp_path: Path) -> None:
    files = {"app.py": "1", "chalicelib/a.py": "22", "six.py": "3", "six-1.0.dist-info/M": "4444"}
    archive.write(lay_out(tmp_path / "p", files), tmp_path / "p.zip")
    unpacked = {part: size for part, (_, size) in archive.sizes(tmp_path / "p.zip").items()}
    assert unpacked == {"dengta": 3, "six": 5}


def test_endpoints_keep_every_partition_and_only_the_services_in_use() -> None:
    services = {"dynamodb": {"endpoints": {"r": {}}}, "ec2": {"endpoints": {}}}
    document = {
        "partitions": [
            {"partition": "aws", "regions": {"us-east-1": {}}, "services": services},
            {"partition": "aws-cn", "regions": {"cn-north-1": {}}, "services": {}},
        ]
    }
    trimmed = json.loads(slim.trimmed_endpoints(json.dumps(document)))
    assert [one["partition"] for one in trimmed["partitions"]] == ["aws", "aws-cn"]
    assert trimmed["partitions"][0]["regions"] == {"us-east-1": {}}
    assert trimmed["partitions"][0]["services"] == {"dynamodb": services["dynamodb"]}


def test_botocore_keeps_the_services_in_use_and_the_shared_files(tmp_path: Path) -> None:
    data = lay_out(
        tmp_path,
        {
            "dynamodb/2012/paginators-1.json": "{}",
            "ec2/2016/service-2.json.gz": "",
            "endpoints.json": '{"partitions": []}',
            "partitions.json": "{}",
            "other.json": "{}",
        },
    )
    slim.trim_botocore(data)
    left = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert left == {"dynamodb/2012/paginators-1.json", "endpoints.json", "partitions.json"}


def test_a_service_is_described_without_its_texts_for_people(tmp_path: Path) -> None:
    member = {"shape": "S", "documentation": "<p>What it is</p>"}
    said = {"shapes": {"A": {"members": {"documentation": member}}, "documentation": "all of it"}}
    packed = tmp_path / "kms" / "2014" / "service-2.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(json.dumps(said).encode()))
    (tmp_path / "endpoints.json").write_text('{"partitions": []}')
    slim.trim_botocore(tmp_path)
    assert not packed.exists()
    left = json.loads(packed.with_suffix("").read_text())
    assert left == {"shapes": {"A": {"members": {"documentation": {"shape": "S"}}}}}


def test_what_is_left_out_is_named_and_comments_do_not_ship(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("# why\nboto3==1.0\nbotocore==1.0  # the client\n\nsix==1.0\nPycparser==3.0\n")
    assert wheels.shipped(pins) == ["botocore==1.0", "six==1.0"]
