"""Secrets by name: SSM SecureString parameters, read on first use and kept for the container's life."""

from collections.abc import Mapping
from functools import cache

import botocore.config
import botocore.session

from chalicelib import config
from chalicelib.adapters.keyring import Keyring


class NoSuchSecretError(Exception):
    """A parameter that the settings name cannot be read; the text names it."""


_known: dict[str, str] = {}


def read(parameter: str) -> str:
    """The decrypted value. Raises NoSuchSecretError."""
    if parameter not in _known:
        _known[parameter] = fetch(parameter)
    return _known[parameter]


def fetch(parameter: str) -> str:
    """As `read`, but asks in any case: whether the parameter can be read now. Raises NoSuchSecretError."""
    client = _client()
    try:
        answer = client.get_parameter(Name=parameter, WithDecryption=True)
    except client.exceptions.ParameterNotFound as error:
        raise NoSuchSecretError(f"SSM parameter {parameter!r} does not exist") from error
    value: str = answer["Parameter"]["Value"]
    return value


def know(values: Mapping[str, str]) -> None:
    """For a process that has its secrets from elsewhere: a test, a benchmark."""
    _known.update(values)
    keyring.cache_clear()


@cache
def keyring() -> Keyring:
    return Keyring.from_json(read(config.settings().keyring_param))


@cache
def _client():  # type: ignore[no-untyped-def]  # noqa: ANN202 - botocore makes its classes at run time
    settings = config.settings()
    return botocore.session.get_session().create_client(
        "ssm",
        region_name=settings.aws_region or None,
        endpoint_url=settings.aws_endpoint_url or None,
        config=botocore.config.Config(
            connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"}
        ),
    )
