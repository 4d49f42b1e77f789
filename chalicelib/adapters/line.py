"""The line to an upstream, and what a broken one says about a request: whether it can have left, and a word for it.

Only a word is taken out of the errors of urllib3 and requests: their texts hold URLs, and URLs hold secrets.
"""

import logging
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3 import exceptions

from chalicelib.adapters.upstream import Unknown, Unreachable, UpstreamError

# at DEBUG it logs each URL, and one may hold an app secret, a token, or a phone and what it is told
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

_NEVER_CONNECTED = (
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    ssl.SSLCertVerificationError,
)
_WORDS: Mapping[type[BaseException], str] = {  # the narrower kind first
    exceptions.NameResolutionError: "no_name",
    exceptions.NewConnectionError: "not_connected",
    exceptions.ConnectTimeoutError: "connect_timed_out",
    exceptions.ReadTimeoutError: "timed_out",
    exceptions.ProtocolError: "cut_off",
    ssl.SSLCertVerificationError: "not_trusted",
    ConnectionRefusedError: "not_connected",
    ConnectionError: "cut_off",
    TimeoutError: "timed_out",
}
_REQUEST_TIMEOUT = 408
_SERVER_ERROR = 500


class Answer(NamedTuple):
    status: int
    data: bytes


class Line:
    """Each call is on a line of its own: one kept open in a frozen container may be dead, and makes a doubtful send."""

    def __init__(self, upstream: str, endpoint: str, timeout_s: float) -> None:
        self._upstream = upstream
        self._endpoint = endpoint.rstrip("/")
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s),
            retries=False,
            ca_certs=certifi.where(),
        )

    @property
    def host(self) -> str:
        """As it is sent and signed."""
        return urlsplit(self._endpoint).netloc

    def post(self, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Any answer, whatever its status. Raises Unreachable or Unknown where none came."""
        return self._ask("POST", path, headers, body)

    def get(self, path: str) -> Answer:
        """As `post`; a redirect is an answer."""
        return self._ask("GET", path, {}, None)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        url = f"{self._endpoint}{path}"
        sent = {**headers, "Connection": "close"}
        try:
            answer = self._pool.request(method, url, body=body, headers=sent)
        except exceptions.HTTPError as error:
            trouble = broken(self._upstream, error)
        else:
            return Answer(answer.status, answer.data)
        finally:
            self._pool.clear()
        raise trouble


def broken(upstream: str, error: BaseException) -> UpstreamError:
    """To be raised outside the `except`: their error would stay behind it as its context, and its text has the URL."""
    kind = Unreachable if never_left(error) else Unknown
    return kind(upstream, word_for(error))


def by_status(upstream: str, status: int) -> UpstreamError:
    """What an answer comes to of which nothing but its HTTP status can be read."""
    kind = Unreachable if took_nothing(status) else Unknown
    return kind(upstream, f"http_{status}")


def never_left(error: BaseException) -> bool:
    """Whether no byte of the request can have reached them: no name, no connection, not who they say they are.

    Everything else is doubtful, also a line that was reset while it was being made secure.
    """
    at: object = error
    for _depth in range(10):
        if not isinstance(at, BaseException):
            return False
        if isinstance(at, _NEVER_CONNECTED):
            return True
        at = _inside(at)
    return False


def _inside(error: BaseException) -> object:
    """What it wraps: requests in its first argument, urllib3 in `reason` or `original_error`."""
    for name in ("reason", "original_error"):
        if isinstance(inner := getattr(error, name, None), BaseException):
            return inner
    return next((arg for arg in error.args if isinstance(arg, BaseException)), None)


def took_nothing(status: int) -> bool:
    """Whether an HTTP status says that the request stopped at the door: redirected or refused there.

    A 5xx may come from a gateway whose back end took the request all the same, and a 408 likewise.
    """
    return status < _SERVER_ERROR and status != _REQUEST_TIMEOUT


def word_for(error: BaseException) -> str:
    """A word of ours, whichever library broke; the kind of any other error is safe to keep, its text is not."""
    at: object = error
    for _depth in range(10):
        for kind, word in _WORDS.items():
            if isinstance(at, kind):
                return word
        if not isinstance(at, BaseException):
            break
        at = _inside(at)
    return type(error).__name__
