"""Which broken lines leave no doubt."""

import ssl

import pytest
import requests
from urllib3 import exceptions
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from chalicelib.adapters import line

POOL = HTTPConnectionPool("127.0.0.1", 1)
NEW = exceptions.NewConnectionError(HTTPConnection("127.0.0.1", 1), "refused")
SLOW = exceptions.ConnectTimeoutError("slow")
FORGED = ssl.SSLCertVerificationError("self-signed")
URL = "https://api.weixin.qq.com/?secret=S"


def tried(reason: Exception) -> exceptions.MaxRetryError:
    return exceptions.MaxRetryError(POOL, URL, reason)


@pytest.mark.parametrize(
    "error",
    [
        NEW,
        SLOW,
        exceptions.SSLError(FORGED),
        exceptions.ProxyError("no proxy", NEW),
        requests.ConnectionError(tried(NEW)),
        requests.ConnectTimeout(tried(SLOW)),
        requests.exceptions.SSLError(tried(exceptions.SSLError(FORGED))),
    ],
)
def test_nothing_left_where_no_trusted_connection_was_made(error: Exception) -> None:
    assert line.never_left(error)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ReadTimeoutError(POOL, URL, "slow"),
        exceptions.ProtocolError("aborted", ConnectionResetError()),
        exceptions.SSLError(ssl.SSLError("bad record")),
        requests.ConnectionError(exceptions.ProtocolError("aborted", ConnectionResetError())),
        requests.ReadTimeout(exceptions.ReadTimeoutError(POOL, URL, "slow")),
        requests.exceptions.ChunkedEncodingError("cut"),
    ],
)
def test_a_line_lost_later_is_doubtful(error: Exception) -> None:
    assert not line.never_left(error)


@pytest.mark.parametrize(
    ("status", "nothing"),
    [(302, True), (403, True), (408, False), (499, True), (500, False), (502, False), (504, False)],
)
def test_only_the_door_itself_leaves_no_doubt(status: int, nothing: bool) -> None:  # noqa: FBT001
    assert line.took_nothing(status) is nothing


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (requests.ConnectionError(tried(NEW)), "not_connected"),
        (NEW, "not_connected"),
        (ConnectionRefusedError(), "not_connected"),
        (requests.ConnectTimeout(tried(SLOW)), "connect_timed_out"),
        (requests.ReadTimeout(exceptions.ReadTimeoutError(POOL, URL, "slow")), "timed_out"),
        (TimeoutError(), "timed_out"),
        (exceptions.ProtocolError("aborted", ConnectionResetError()), "cut_off"),
        (ConnectionResetError(), "cut_off"),
        (requests.exceptions.SSLError(tried(exceptions.SSLError(FORGED))), "not_trusted"),
        (exceptions.LocationParseError(URL), "LocationParseError"),
    ],
)
def test_one_word_for_what_broke_whichever_library_says_so(error: Exception, word: str) -> None:
    assert line.word_for(error) == word
