"""Where a till is, whom it asks and how patient it is: read once, from one TOML file."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dengta_till.errors import ConfigError

FILE = "till.toml"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Config:
    """`home` holds the journal, the device's key and the published keys; it is made where it is missing.

    All `endpoints` lead to the same books: the first that answers is asked, in this order. Where no terminal key is
    given, a member of staff's token must be.
    """

    endpoints: tuple[str, ...]
    store_id: str
    home: Path
    terminal_key: str = ""
    device_id: str = ""
    sells_offline: bool = True
    ca_file: str | None = None
    connect_timeout_s: float = 3.0
    try_timeout_s: float = 8.0
    patience_s: float = 12.0
    rest_s: float = 15.0
    replay_timeout_s: float = 29.0

    def __post_init__(self) -> None:
        if not self.endpoints:
            raise ConfigError(why="endpoints is empty")
        for endpoint in self.endpoints:
            _check_endpoint(endpoint)
        if not self.store_id:
            raise ConfigError(why="store_id is missing")
        for name in ("connect_timeout_s", "try_timeout_s", "patience_s", "replay_timeout_s"):
            if getattr(self, name) <= 0:
                raise ConfigError(why=f"{name} must be above zero")


def _check_endpoint(endpoint: str) -> None:
    """A key never goes over the net in the clear."""
    parts = urlsplit(endpoint)
    plain_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or plain_here):
        raise ConfigError(why=f"endpoint {endpoint!r} is not an https address")


def find(given: str | None) -> Path:
    """The file named, or by $DENGTA_TILL_CONFIG, or till.toml here, or in the user's folder."""
    said = given or os.environ.get("DENGTA_TILL_CONFIG")
    if said:
        return Path(said)
    here = Path(FILE)
    return here if here.exists() else Path.home() / ".dengta-till" / FILE


def load(given: str | None = None) -> Config:
    """Raises ConfigError with a sentence that names what is wrong."""
    path = find(given)
    try:
        with path.open("rb") as file:
            said = tomllib.load(file)
    except OSError as error:
        raise ConfigError(why=f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(why=f"{path}: {error}") from error
    return of(said, path.absolute().parent)


def of(said: Mapping[str, Any], folder: Path) -> Config:
    """The configuration that a table says; paths in it are meant from `folder`."""
    known = {field.name: field.type for field in fields(Config)} | {"terminal_key_file": str}
    if unknown := sorted(set(said) - set(known)):
        raise ConfigError(why=f"unknown: {', '.join(unknown)}")
    values = dict(said)
    endpoints = values.pop("endpoints", None)
    if not isinstance(endpoints, list) or not all(isinstance(each, str) for each in endpoints):
        raise ConfigError(why="endpoints must be a list of addresses")
    key_file = values.pop("terminal_key_file", None)
    for name, value in values.items():
        _check_type(name, value, known[name])
    values["terminal_key"] = _terminal_key(values.get("terminal_key", ""), key_file, folder)
    values["home"] = folder / values.get("home", "till")
    return Config(**{"store_id": "", **values, "endpoints": tuple(endpoints)})


def _check_type(name: str, value: object, wanted: object) -> None:
    if wanted is float:
        right = isinstance(value, int | float) and not isinstance(value, bool)
    elif wanted is bool:
        right = isinstance(value, bool)
    else:
        right = isinstance(value, str)
    if not right:
        raise ConfigError(why=f"{name} cannot be {value!r}")


def _terminal_key(given: str, key_file: object, folder: Path) -> str:
    """From $DENGTA_TILL_KEY, a file of its own, or the configuration."""
    if said := os.environ.get("DENGTA_TILL_KEY"):
        return said
    if not isinstance(key_file, str):
        return given
    try:
        return (folder / key_file).read_text().strip()
    except OSError as error:
        raise ConfigError(why=f"terminal_key_file {key_file}: {error.strerror}") from error
