"""What WeChat's words mean, and what merely knowing the adapter costs."""

import subprocess
import sys

import pytest

from chalicelib.adapters.upstream import Refused, Unknown
from chalicelib.adapters.wechat import Login
from chalicelib.adapters.wechat.codes import meaning

IMPORTED = "import sys; import chalicelib.adapters.wechat; print(*sys.modules)"


def test_the_adapter_is_known_without_importing_wechatpy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    modules = set(ran.stdout.split())
    assert "chalicelib.adapters.wechat" in modules
    assert not modules & {"wechatpy", "requests"}


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (40029, "code"),
        (40163, "code"),
        (40226, "user"),
        (40003, "user"),
        (40125, "account"),
        (43101, "quota"),
        (47003, "template"),
        (41030, "template"),
        (45009, "frequency"),
        (45168, "content"),
        (99999, "other"),
    ],
)
def test_a_definite_no_has_its_class(errcode: int, kind: str) -> None:
    error = meaning(errcode)
    assert isinstance(error, Refused)
    assert (error.kind, error.code) == (kind, str(errcode))


def test_busy_does_not_say_that_nothing_was_taken() -> None:
    assert isinstance(meaning(-1), Unknown)


def test_a_login_shows_nobody() -> None:
    assert repr(Login("oAAAA", "uBBBB")) == "Login()"
