"""The real parts behind the edges, built once per container; what asks upstreams is imported where it is built."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.kernel import clock
from chalicelib.outages.service import Desk
from chalicelib.probes.model.catalogue import NAMES, Name

if TYPE_CHECKING:
    from chalicelib.probes.service.asking import Check
    from chalicelib.probes.service.moving import Tell
    from chalicelib.probes.service.watching import Watching

_TIMEOUT_S = 8


def watching(tell: "Tell") -> "Watching":
    """`tell` reaches staff: who does is not this room's to know."""
    from chalicelib.probes.service.moving import Moving  # noqa: PLC0415
    from chalicelib.probes.service.watching import Watching  # noqa: PLC0415

    return Watching(checks(), Moving(Desk(clock.now), tell), clock.now)


def set_up() -> list[Name]:
    """Those that this deployment has something to ask for, as the settings are."""
    settings = config.settings()
    there: dict[Name, object] = dict.fromkeys(
        ("database_write", "database_read", "stream_lag"), True
    )
    there["wechat_token"] = settings.wechat_app_id and settings.wechat_app_secret_param
    tencent = (
        settings.tencent_sms_app_id,
        settings.tencent_sms_secret_id_param,
        settings.tencent_sms_secret_key_param,
    )
    aliyun = (
        settings.aliyun_sms_access_key_id_param,
        settings.aliyun_sms_access_key_secret_param,
    )
    there["sms_tencent"] = "tencent" in settings.providers and all(tencent)
    there["sms_aliyun"] = "aliyun" in settings.providers and all(aliyun)
    there["email"] = settings.smtp_url_param and settings.mail_from
    there["page_age"] = settings.status_base_url
    for name, _ in zip(_apis(), settings.endpoints, strict=False):
        there[name] = True
    return [name for name in NAMES if there.get(name)]


@cache
def checks() -> "dict[Name, Check]":
    from chalicelib.probes import checks as all_checks  # noqa: PLC0415

    settings = config.settings()
    made: dict[Name, Check | None] = {
        "database_write": all_checks.writes(),
        "database_read": all_checks.reads(),
        "stream_lag": all_checks.lag,
        "wechat_token": _wechat(),
        "sms_tencent": _tencent(),
        "sms_aliyun": _aliyun(),
        "email": _email(),
        "page_age": all_checks.age(settings.status_base_url, _TIMEOUT_S),
    }
    for name, endpoint in zip(_apis(), settings.endpoints, strict=False):
        made[name] = all_checks.answers(endpoint, _TIMEOUT_S)
    return {name: check for name in set_up() if (check := made[name])}


def forget() -> None:
    """For tests, whose settings change."""
    checks.cache_clear()


def _apis() -> list[Name]:
    return list(NAMES[-config.MOST_ENDPOINTS :])


def _wechat() -> "Check | None":
    from chalicelib.adapters.wechat import wechat  # noqa: PLC0415
    from chalicelib.probes.checks import bears  # noqa: PLC0415

    found = wechat()
    return bears(lambda _now: found.hands_out_a_token()) if found else None


def _tencent() -> "Check | None":
    from chalicelib.adapters.sms_tencent import tencent_sms  # noqa: PLC0415
    from chalicelib.probes.checks import finds  # noqa: PLC0415

    found = tencent_sms()
    return finds(found) if found else None


def _aliyun() -> "Check | None":
    from chalicelib.adapters.sms_aliyun import aliyun_sms  # noqa: PLC0415
    from chalicelib.probes.checks import finds  # noqa: PLC0415

    found = aliyun_sms()
    return finds(found) if found else None


def _email() -> "Check | None":
    from chalicelib.adapters.email import mailer  # noqa: PLC0415
    from chalicelib.probes.checks import timed  # noqa: PLC0415

    found = mailer()
    return timed(lambda _now: found.knock()) if found else None
