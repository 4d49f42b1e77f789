"""The folder of a till: its journal, its name, its key; and making the key known to Dengta."""

from pathlib import Path
from secrets import token_hex

from dengta_till import orders
from dengta_till.config import Config
from dengta_till.errors import ConfigError, JournalError
from dengta_till.journal import Journal
from dengta_till.keys import DeviceKey, device_key
from dengta_till.wire import Line

JOURNAL = "journal.sqlite3"
DEVICE_KEY = "device.key"
PUBLISHED_KEYS = "offline-keys.json"
_OWNER_ONLY = 0o700


def open_home(config: Config) -> tuple[Journal, DeviceKey]:
    """Made where they are missing; a journal that has records never gets another key or another name."""
    try:
        config.home.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(why=f"{config.home}: {error.strerror}") from error
    journal = Journal(config.home / JOURNAL)
    wanted = config.device_id or f"till-{token_hex(4)}"
    device_id = journal.identity("device_id", wanted)
    if config.device_id and device_id != config.device_id:
        raise ConfigError(why=f"device_id is {config.device_id}, the journal is of {device_id}")
    if journal.identity("store_id", config.store_id) != config.store_id:
        raise ConfigError(why=f"the journal in {config.home} is of another store")
    key = device_key(config.home / DEVICE_KEY, device_id, may_make=not journal.tip())
    if journal.identity("public_key", key.public_text()) != key.public_text():
        raise JournalError(why=f"{DEVICE_KEY} is not the key of this journal")
    return journal, key


def enrolled(journal: Journal) -> bool:
    return journal.meta("enrolled") is not None


def register(journal: Journal, line: Line, path: str, key: DeviceKey, device_name: str) -> None:
    """Again is harmless: the same key under the same name. Raises Refused, NoAnswer."""
    body = orders.text({"public_key": key.public_text(), "name": device_name})
    line.ask("PUT", path, body, proof="device_id")
    journal.keep_meta("enrolled", device_name)


def key_file(config: Config) -> Path:
    return config.home / DEVICE_KEY
