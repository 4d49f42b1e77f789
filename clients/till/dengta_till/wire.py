"""The line to Dengta: each call tried again, the same to the letter, until it is answered or patience is out."""

import json
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    SSLError,
)

from dengta_till.config import Config
from dengta_till.errors import NoAnswer, Refused
from dengta_till.texts import language

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 8.0
_PERHAPS_LATER = {408, 425, 429, 500, 502, 503, 504}
_TOO_MANY = 429
_OK = range(200, 300)
_NEVER_SENT = (NewConnectionError, ConnectTimeoutError, ProxyError)


@dataclass(frozen=True)
class Answer:
    """`again`: Dengta had it before, under this name."""

    body: Mapping[str, Any]
    again: bool


@dataclass(frozen=True)
class _Lost:
    """A try without a word of Dengta's; `sent`: it may have had its effect; `wait_s`: when to come back."""

    sent: bool
    last: str
    wait_s: float = 0.0


@dataclass(frozen=True)
class _Call:
    """`proof`: the field that only an answer of Dengta's to this call has."""

    method: str
    path: str
    body: bytes | None
    proof: str
    timeout: urllib3.Timeout


class Line:
    """Asks the endpoints in their order, the one that answered last first. Safe to share between threads."""

    def __init__(
        self,
        config: Config,
        token: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self._config = config
        self._token = token
        self._sleep = sleep
        self._clock = clock
        self._chance = chance or random.SystemRandom()
        self._pool = urllib3.PoolManager(retries=False, maxsize=4, ca_certs=config.ca_file)
        self._best = 0
        self._rests_until = clock()

    def holding(self, token: str) -> "Line":
        """The same line for another caller."""
        return Line(self._config, token, sleep=self._sleep, clock=self._clock, chance=self._chance)

    def resting(self) -> bool:
        """All endpoints were tried in vain a moment ago."""
        return self._clock() < self._rests_until

    def ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        proof: str,
        try_s: float | None = None,
        patience_s: float | None = None,
    ) -> Answer:
        """Again and again, with jittered pauses, until it is answered or patience is out. Raises Refused, NoAnswer."""
        timeout = urllib3.Timeout(
            connect=self._config.connect_timeout_s, read=try_s or self._config.try_timeout_s
        )
        content = None if body is None else body.encode()
        call = _Call(method, path, content, proof, timeout)
        until = self._clock() + (patience_s or self._config.patience_s)
        sent, longest_s = False, _FIRST_WAIT_S
        while True:
            try:
                tried = self._round(call)
            except Refused as no:
                no.doubt = no.doubt or sent
                raise
            if isinstance(tried, Answer):
                self._rests_until = self._clock()
                return tried
            sent = sent or tried.sent
            wait_s = max(tried.wait_s, self._chance.uniform(0, longest_s))
            if self._clock() + wait_s >= until:
                break
            self._sleep(wait_s)
            longest_s = min(longest_s * 2, _LONGEST_WAIT_S)
        self._rests_until = self._clock() + max(self._config.rest_s, tried.wait_s)
        raise NoAnswer(sent=sent, last=tried.last)

    def _round(self, call: _Call) -> Answer | _Lost:
        """Each endpoint once."""
        first, sent, wait_s, last = self._best, False, 0.0, ""
        for step in range(len(self._config.endpoints)):
            at = (first + step) % len(self._config.endpoints)
            try:
                tried = self._try(self._config.endpoints[at], call)
            except Refused as no:
                no.doubt = sent
                raise
            if isinstance(tried, Answer):
                self._best = at
                return tried
            sent, wait_s, last = sent or tried.sent, max(wait_s, tried.wait_s), tried.last
        self._best = 0
        return _Lost(sent, last, wait_s)

    def _try(self, endpoint: str, call: _Call) -> Answer | _Lost:
        headers = {"Accept": "application/json", "Accept-Language": language()}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._pool.request(
                call.method,
                endpoint.rstrip("/") + call.path,
                body=call.body,
                headers=headers,
                timeout=call.timeout,
                redirect=False,
            )
        except HTTPError as error:
            return _Lost(sent=not _never_sent(error), last=f"{endpoint}: {type(error).__name__}")
        return _read(endpoint, response, call.proof)


def _never_sent(error: HTTPError) -> bool:
    if isinstance(error, SSLError):
        return any(isinstance(each, ssl.SSLCertVerificationError) for each in error.args)
    return isinstance(error, _NEVER_SENT)


def _read(endpoint: str, response: urllib3.BaseHTTPResponse, proof: str) -> Answer | _Lost:
    """Only what has Dengta's own shape is its answer: a hotel's log-in page answers 200, too. Raises Refused."""
    status = response.status
    said = _json(response.data)
    if status in _OK and proof in said:
        return Answer(said, response.headers.get("Idempotent-Replay") == "true")
    last = f"{endpoint}: HTTP {status}"
    if status in _PERHAPS_LATER:
        return _Lost(
            sent=status != _TOO_MANY,
            last=last,
            wait_s=_seconds(response.headers.get("Retry-After")),
        )
    if status not in _OK and isinstance(said.get("code"), str):
        raise Refused(status, said)
    return _Lost(sent=True, last=last)


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(retry_after: str | None) -> float:
    """Seconds only, as Dengta sends them; a date is passed over."""
    said = (retry_after or "").strip()
    return float(said) if said.isascii() and said.isdigit() else 0.0
