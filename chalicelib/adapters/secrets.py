"""Secrets by name: SSM SecureString parameters, read on first use and kept for the container's life.

The one call to SSM is signed by hand over the session that the tables have: a second client of botocore, with SSM's
whole description, would be an eighth of a cold start.
"""

import random
import time
from collections.abc import Mapping
from functools import cache

import msgspec
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from chalicelib import config
from chalicelib.adapters import tables
from chalicelib.adapters.keyring import Keyring

_TRIES = 3
_LONGEST_WAIT_S = 0.5
_OK, _SERVER_ERROR = 200, 500
_MISSING = "ParameterNotFound"
_SLOW_DOWN = "ThrottlingException"


class NoSuchSecretError(Exception):
    """A parameter that the settings name cannot be read; the text names it."""


class _Parameter(msgspec.Struct, rename="pascal"):
    value: str


class _Told(msgspec.Struct):
    parameter: _Parameter = msgspec.field(name="Parameter")


class _Refusal(msgspec.Struct):
    kind: str = msgspec.field(name="__type", default="")


_known: dict[str, str] = {}


def read(parameter: str) -> str:
    """The decrypted value. Raises NoSuchSecretError."""
    if parameter not in _known:
        _known[parameter] = fetch(parameter)
    return _known[parameter]


def fetch(parameter: str) -> str:
    """As `read`, but asks in any case: whether the parameter can be read now. Raises NoSuchSecretError."""
    for attempt in range(_TRIES):
        time.sleep(random.uniform(0, _LONGEST_WAIT_S) if attempt else 0)  # noqa: S311  # nosec B311 - jitter
        try:
            status, content = _ask(parameter)
        except BotoCoreError as error:
            refused = type(error).__name__
            continue
        if status == _OK:
            return msgspec.json.decode(content, type=_Told).parameter.value
        refused = _refusal(status, content)
        if status < _SERVER_ERROR and refused != _SLOW_DOWN:
            break
    said = "does not exist" if refused == _MISSING else f"cannot be read: {refused}"
    raise NoSuchSecretError(f"SSM parameter {parameter!r} {said}")


def know(values: Mapping[str, str]) -> None:
    """For a process that has its secrets from elsewhere: a test, a benchmark."""
    _known.update(values)
    keyring.cache_clear()


@cache
def keyring() -> Keyring:
    return Keyring.from_json(read(config.settings().keyring_param))


def _ask(parameter: str) -> tuple[int, bytes]:
    """Status and body of one GetParameter. Raises BotoCoreError where no answer came."""
    session = tables.connection().session
    region = config.settings().aws_region or session.get_config_variable("region")
    request = AWSRequest(
        method="POST",
        url=config.settings().aws_endpoint_url or _endpoint(region),
        data=msgspec.json.encode({"Name": parameter, "WithDecryption": True}),
        headers={
            "X-Amz-Target": "AmazonSSM.GetParameter",
            "Content-Type": "application/x-amz-json-1.1",
        },
    )
    SigV4Auth(session.get_credentials(), "ssm", region).add_auth(request)
    answer = _http().send(request.prepare())
    return answer.status_code, answer.content


def _endpoint(region: str) -> str:
    """Of this region, in whichever partition it lies."""
    session = tables.connection().session
    resolver = session.get_component("endpoint_resolver")
    suffix = resolver.get_partition_dns_suffix(session.get_partition_for_region(region))
    return f"https://ssm.{region}.{suffix}"


def _refusal(status: int, content: bytes) -> str:
    """SSM's word for it: `ParameterNotFound`, `AccessDeniedException`; else the status."""
    try:
        kind = msgspec.json.decode(content, type=_Refusal).kind
    except msgspec.DecodeError:
        kind = ""
    return kind.rpartition("#")[2] or str(status)


@cache
def _http() -> URLLib3Session:
    return URLLib3Session(timeout=(2, 3))
