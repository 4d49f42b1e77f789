"""What is taken out of the wheels because no function ever reads it."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

SERVICES = ("dynamodb", "kms", "s3", "ssm", "sts")
SHARED_DATA = (
    "_retry.json",
    "endpoints.json",
    "partitions.json",
    "sdk-default-configuration.json",
)
UNREAD = (
    "cffi",  # the tool that makes bindings; only _cffi_backend beside it runs
    "dateutil/zoneinfo",  # a second copy of the time zones; ours come from zoneinfo
    "jmespath-1.1.0.data",  # a command line tool
)
UNREAD_PATTERNS = (
    "*.pyi",
    "*.dist-info/RECORD",
    "*.dist-info/WHEEL",
    "*.dist-info/INSTALLER",
    "*.dist-info/top_level.txt",
    "*.dist-info/entry_points.txt",
    "*.dist-info/sboms/*",
    "botocore/data/*/*/examples-1.json*",
)


def slim(package: Path) -> None:
    """Take away, in place, what no function reads."""
    for name in UNREAD:
        shutil.rmtree(package / name)
    for pattern in UNREAD_PATTERNS:
        for path in package.rglob(pattern) if pattern.startswith("*.") else package.glob(pattern):
            path.unlink()
    if (package / "certifi").exists():  # then botocore reads certifi's, and never its own
        (package / "botocore" / "cacert.pem").unlink()
    trim_botocore(package / "botocore" / "data")


def trim_botocore(data: Path) -> None:
    """Leave the descriptions of the services in use, and their part of the endpoint list."""
    for path in sorted(data.iterdir()):
        if path.is_dir() and path.name not in SERVICES:
            shutil.rmtree(path)
        if path.is_file() and path.name.removesuffix(".gz") not in SHARED_DATA:
            path.unlink()
    endpoints = data / "endpoints.json"
    endpoints.write_text(trimmed_endpoints(endpoints.read_text()))
    for path in sorted(data.glob("*/*/service-2.json.gz")):
        described = untold(json.loads(gzip.decompress(path.read_bytes())))
        for each in described.get("clientContextParams", {}).values():
            each["documentation"] = ""  # botocore wants it to be there
        path.with_suffix("").write_text(json.dumps(described, separators=(",", ":")))
        path.unlink()


def trimmed_endpoints(text: str) -> str:
    """The same document with these services only: it is parsed at every cold start."""
    document = json.loads(text)
    for partition in document["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in SERVICES if name in known}
    return json.dumps(document, separators=(",", ":"))


def untold(described: Any) -> Any:  # noqa: ANN401 - JSON
    """The same description without the texts for people; a member that is named `documentation` stays."""
    if isinstance(described, list):
        return [untold(each) for each in described]
    if not isinstance(described, dict):
        return described
    return {
        name: untold(value)
        for name, value in described.items()
        if name != "documentation" or not isinstance(value, str)
    }
