"""Calls to addresses that strangers gave: to the public net only, to the very address that was looked at, no further.

A name is resolved here, every address of it must be public, and the connection goes to one of these addresses: a name
that answers something else a moment later leads nowhere (DNS rebinding). Redirects are not followed. The whole call is
bounded in time and in what is read, however slowly the other side talks.
"""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

import certifi

from chalicelib.adapters import line
from chalicelib.adapters.line import Answer
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable

_NAME = "webhook"
_MOST_ANSWER_BYTES = 64 * 1024
_PORTS = frozenset({443, 8443})
_PRINTABLE = re.compile(r"[!-~]{1,500}")
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address
_TAKEN, _NO_MORE = range(200, 300), 410
_TOO_MANY, _SERVER_ERROR, _IN_DOUBT = 429, 500, frozenset({408, 504})

Resolve = Callable[[str, int], Sequence[str]]


class BadAddressError(ValueError):
    """Not an address that is ever called."""


class Target(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str


def target(url: str, *, nearby: bool = False) -> Target:
    """What the URL leads to; `nearby` also lets through what one machine is tested with. Raises BadAddressError."""
    if not _PRINTABLE.fullmatch(url):
        raise BadAddressError
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadAddressError from None
    if parts.username or parts.password or parts.fragment or not parts.hostname:
        raise BadAddressError
    if not nearby and (parts.scheme != "https" or port not in _PORTS):
        raise BadAddressError
    if parts.scheme not in {"http", "https"}:
        raise BadAddressError
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path)


def is_public(address: str) -> bool:
    """Whether it lies in the public net, also when it is wrapped into another one."""
    found = ip_address(address.partition("%")[0])
    inside = _wrapped(found) if isinstance(found, IPv6Address) else None
    if inside is not None:
        return is_public(str(inside))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def resolved(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Webhooks:
    """`nearby` lets through loopback and plain HTTP: for one machine only."""

    def __init__(
        self, timeout_s: float, *, nearby: bool = False, resolve: Resolve = resolved
    ) -> None:
        self._timeout_s = timeout_s
        self._nearby = nearby
        self._resolve = resolve

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """What a 2xx says, at the most 64 KB. Raises Unreachable, Unknown or Refused (410 as `number`: never again)."""
        try:
            to = target(url, nearby=self._nearby)
        except BadAddressError:
            raise Refused(_NAME, "bad_address", "other") from None
        answer = self._asked(to, self._connected(to), body, headers)
        if answer.status in _TAKEN:
            return answer.data
        code = f"http_{answer.status}"
        if answer.status in _IN_DOUBT:
            raise Unknown(_NAME, code)
        if answer.status == _TOO_MANY or answer.status >= _SERVER_ERROR:
            raise Unreachable(_NAME, code)
        raise Refused(_NAME, code, "number" if answer.status == _NO_MORE else "other")

    def _connected(self, to: Target) -> socket.socket:
        """Raised outside the `except`: the errors' texts hold the host."""
        try:
            addresses = self._resolve(to.host, to.port)
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            raise Unreachable(_NAME, "no_name")
        if not all(self._may_call(address) for address in addresses):
            raise Refused(_NAME, "not_public", "other")
        try:
            return self._opened(to, addresses[0])
        except OSError as error:
            code = line.word_for(error)
        raise Unreachable(_NAME, code)

    def _opened(self, to: Target, address: str) -> socket.socket:
        plain = socket.create_connection((address, to.port), self._timeout_s)
        if to.scheme == "http":
            return plain
        try:
            trusted = ssl.create_default_context(cafile=certifi.where())
            return trusted.wrap_socket(plain, server_hostname=to.host)
        except BaseException:
            plain.close()
            raise

    def _may_call(self, address: str) -> bool:
        return is_public(address) or (self._nearby and ip_address(address).is_loopback)

    def _asked(
        self, to: Target, over: socket.socket, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        calling = http.client.HTTPConnection(to.host, to.port)
        calling.sock = over
        late = threading.Timer(self._timeout_s, _cut, (over,))
        late.start()
        try:
            host = to.host if to.port in {80, 443} else f"{to.host}:{to.port}"
            calling.request("POST", to.path, body, {**headers, "Host": host, "Connection": "close"})
            told = calling.getresponse()
            return Answer(told.status, told.read(_MOST_ANSWER_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            code = line.word_for(error)
        finally:
            late.cancel()
            calling.close()
            over.close()
        raise Unknown(_NAME, code)


def _cut(over: socket.socket) -> None:
    with suppress(OSError):
        over.shutdown(socket.SHUT_RDWR)
