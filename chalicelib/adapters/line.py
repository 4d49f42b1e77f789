"""What a broken line says about a request: whether it can have left, and a word for what happened.

Only a word is taken out of the errors of urllib3 and requests: their texts hold URLs, and URLs hold secrets.
"""

import ssl

from urllib3 import exceptions

_NEVER_CONNECTED = (
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.LocationValueError,
    ssl.SSLCertVerificationError,
)
_REQUEST_TIMEOUT = 408
_SERVER_ERROR = 500


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
    """`ReadTimeout`, `ConnectionError`, …: the kind of the error is safe to keep, its text is not."""
    return type(error).__name__
