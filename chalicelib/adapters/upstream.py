"""What calling an upstream can come to: every adapter raises these and nothing else."""

from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")

# number: the phone or mail address · user: the person or openid · code: a log-in or phone code that is spent or
# wrong · quota: no consent left · template: template, sign name or a value in it · other: a no in an unknown word
RefusalClass = Literal[
    "number", "user", "code", "frequency", "quota", "account", "origin", "template", "content", "other"
]  # fmt: skip


class UpstreamError(Exception):
    """`code` is the upstream's own word; neither it nor the text holds a secret, an address or a phone."""

    def __init__(self, upstream: str, code: str) -> None:
        super().__init__(f"{upstream}: {code}")
        self.upstream = upstream
        self.code = code


class Unreachable(UpstreamError):
    """Nothing reached them, or they said that they took nothing: it may be tried again."""


class Unknown(UpstreamError):
    """It may have been taken: it is asked after, never simply sent again."""


class Refused(UpstreamError):
    """They read it and said no; `kind` says what about."""

    def __init__(self, upstream: str, code: str, kind: RefusalClass) -> None:
        super().__init__(upstream, code)
        self.kind = kind


def undoubted(ask: Callable[[], T]) -> T:
    """Where asking takes nothing, nothing is doubtful: what is Unknown elsewhere is Unreachable."""
    try:
        return ask()
    except Refused:
        raise
    except UpstreamError as error:
        upstream, code = error.upstream, error.code
    raise Unreachable(upstream, code)
