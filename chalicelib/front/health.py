"""Whether each thing that the API needs answers, and how fast."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from chalicelib.adapters import log, secrets, tables
from chalicelib.config import Settings

Check = Callable[[], object]
TABLES = (
    "book",
    "access",
    "stores",
    "messages",
    "outages",
    "subscribers",
    "probes",
    "amends",
    "tokens",
)  # those that the API's function may read
_NOTHING = ("READY", "NOTHING")  # a key under which no table holds an item
_log = log.logger("health")


class Dependency(msgspec.Struct):
    """`trouble` is the kind of error where it is not ready; the log has the rest."""

    name: str
    ready: bool
    took_ms: int
    trouble: str | None = None


def checks(settings: Settings) -> dict[str, Check]:
    """One cheap question to each dependency, by its name."""
    asked: dict[str, Check] = {
        f"table {table}": partial(tables.get, table, _NOTHING) for table in TABLES
    }
    return asked | {"keyring": partial(secrets.fetch, settings.keyring_param)}


def upstreams(settings: Settings) -> list[str]:
    """What is configured. It is not called: that costs quota, and nothing here ends when one of them is away."""
    wechat = ["wechat"] if settings.wechat_app_id else []
    email = ["email"] if settings.smtp_url_param else []
    wecom = ["wecom"] if settings.wecom_webhook_url_param else []
    return [*wechat, *(f"sms {name}" for name in settings.providers), *email, *wecom]


def ask(asked: Mapping[str, Check]) -> list[Dependency]:
    """All at once, so that the answer takes as long as the slowest and not as long as all."""
    with ThreadPoolExecutor(len(asked)) as workers:
        return list(workers.map(_ask, asked, asked.values()))


def _ask(name: str, check: Check) -> Dependency:
    started = time.perf_counter()
    trouble = None
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the dependency is not ready
        _log.warning("not ready", extra={"dependency": name}, exc_info=True)
        trouble = type(error).__name__
    took_ms = round((time.perf_counter() - started) * 1000)
    return Dependency(name, trouble is None, took_ms, trouble)
