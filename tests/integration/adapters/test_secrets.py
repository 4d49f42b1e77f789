"""Secrets by SSM's wire protocol: what is asked, and what each answer means."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
import pytest

from chalicelib.adapters import secrets
from chalicelib.adapters.secrets import NoSuchSecretError
from infra.tables import TABLES
from tests.house import settled

FOUND = {"Parameter": {"Name": "/a", "Value": "told", "Type": "SecureString"}}
Answer = tuple[int, dict[str, Any]]


@dataclass
class Ssm:
    """A parameter store that gives these answers in turn, and keeps what it was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[Mapping[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def ssm() -> Iterator[Ssm]:
    stand_in = Ssm()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stand_in.asked.append((dict(self.headers), body))
            status, told = stand_in.answers.pop(0)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_told: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        stand_in.url = f"http://127.0.0.1:{server.server_port}"
        with settled(stand_in.url, {table.env: table.name for table in TABLES}):
            yield stand_in
        server.shutdown()


def test_a_parameter_is_asked_for_decrypted(ssm: Ssm) -> None:
    ssm.answers = [(200, FOUND)]
    assert secrets.fetch("/a") == "told"
    assert ssm.asked[0][1] == {"Name": "/a", "WithDecryption": True}


def test_the_call_is_signed_over_the_same_headers_as_botocore_signs(ssm: Ssm) -> None:
    ssm.answers = [(200, FOUND), (200, FOUND)]
    secrets.fetch("/a")
    client = botocore.session.get_session().create_client(
        "ssm", region_name="us-east-1", endpoint_url=ssm.url
    )
    client.get_parameter(Name="/a", WithDecryption=True)
    ours, theirs = (signed(headers) for headers, _ in ssm.asked)
    assert ours[0].startswith("AWS4-HMAC-SHA256 Credential=test/")
    assert ours[0].endswith("/us-east-1/ssm/aws4_request")
    assert ours == theirs


def test_a_parameter_that_does_not_exist_is_named(ssm: Ssm) -> None:
    ssm.answers = [(400, {"__type": "ParameterNotFound"})]
    with pytest.raises(NoSuchSecretError, match="'/a' does not exist"):
        secrets.fetch("/a")


def test_a_refusal_is_not_asked_again(ssm: Ssm) -> None:
    ssm.answers = [(400, {"__type": "com.amazonaws.ssm#AccessDeniedException"})]
    with pytest.raises(NoSuchSecretError, match="AccessDeniedException"):
        secrets.fetch("/a")
    assert len(ssm.asked) == 1


def test_a_busy_parameter_store_is_asked_again(ssm: Ssm) -> None:
    ssm.answers = [(400, {"__type": "ThrottlingException"}), (500, {}), (200, FOUND)]
    assert secrets.fetch("/a") == "told"


def test_a_parameter_store_that_is_away_is_given_up_on(ssm: Ssm) -> None:
    ssm.answers = [(503, {})] * 3
    with pytest.raises(NoSuchSecretError, match="503"):
        secrets.fetch("/a")


def signed(headers: Mapping[str, str]) -> tuple[str, set[str]]:
    """Scope and names of the signed headers, but for what only botocore adds of itself."""
    scope, names, _ = headers["Authorization"].split(", ")
    return scope, set(names.removeprefix("SignedHeaders=").split(";")) - {
        "amz-sdk-invocation-id",
        "amz-sdk-request",
    }
