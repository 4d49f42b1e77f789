"""Session tokens, held against PyJWT."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from chalicelib.adapters import tokens
from chalicelib.kernel.errors import NotAuthenticated

KEY = b"k" * 32
NOW = datetime.now(UTC)


def test_another_implementation_reads_what_we_issue() -> None:
    token = tokens.issue(KEY, {"kind": "member", "sub": "m1"}, NOW, 3600)
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    assert (claims["kind"], claims["sub"]) == ("member", "m1")


def test_we_read_what_another_implementation_issues() -> None:
    claims = {"kind": "member", "sub": "m1", "exp": int(NOW.timestamp()) + 3600}
    assert tokens.read(KEY, jwt.encode(claims, KEY, algorithm="HS256"), NOW) == claims


@pytest.mark.parametrize("later", [59, 60, 61])
def test_a_token_ends_on_its_second(later: int) -> None:
    token = tokens.issue(KEY, {"sub": "m1"}, NOW.replace(microsecond=0), 60)
    then = NOW.replace(microsecond=0) + timedelta(seconds=later)
    if later < 60:
        assert tokens.read(KEY, token, then)["sub"] == "m1"
        return
    with pytest.raises(NotAuthenticated):
        tokens.read(KEY, token, then)


def test_forged_tokens_are_refused() -> None:
    good = tokens.issue(KEY, {"sub": "m1"}, NOW, 60)
    header, body, signature = good.split(".")
    unsigned = jwt.encode({"sub": "m1", "exp": 9e9}, "", algorithm="none")
    other_algorithm = jwt.encode({"sub": "m1", "exp": 9e9}, KEY * 2, algorithm="HS512")
    forged = [
        "", ".", "..", "a.b.c", header, f"{header}.{body}.", f"{header}.{body}x.{signature}",
        tokens.issue(b"o" * 32, {"sub": "m1"}, NOW, 60), unsigned, other_algorithm, good + "é",
    ]  # fmt: skip
    for token in forged:
        with pytest.raises(NotAuthenticated):
            tokens.read(KEY, token, NOW)
