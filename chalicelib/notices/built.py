"""The real parts behind the edges, built once per container; what sends is imported where it is built."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.notices.service import handing_over
from chalicelib.notices.service.handing_over import Ringing
from chalicelib.outages.model.notices import Notice

if TYPE_CHECKING:
    from chalicelib.notices.channels import Channel, SmsLine, SmsProvider
    from chalicelib.notices.service.fan_out import FanOut
    from chalicelib.notices.service.groups import Groups
    from chalicelib.notices.service.links import Links
    from chalicelib.notices.service.roll import Roll
    from chalicelib.notices.service.subscribing import Subscribing
    from chalicelib.notices.templates.letters import Letters


_WEBHOOK_TIMEOUT_S = 10
_WECOM_TIMEOUT_S = 4
_MOST_AN_HOUR = 20  # subscriptions asked for from one address of the net
_NO_LIMIT = 1_000_000


def hand_over(notices: Sequence[Notice]) -> None:
    """For whom the status page rings: each notice is told once, however often it is handed over. Raises TryAgain."""
    handing_over.hand_over(notices, clock.now())


@cache
def ringing() -> Ringing:
    return Ringing(clock.now)


@cache
def subscribing() -> "Subscribing":
    from chalicelib.notices.service.subscribing import Subscribing  # noqa: PLC0415

    most_an_hour = _NO_LIMIT if on_one_machine() else _MOST_AN_HOUR
    return Subscribing(links(), clock.now, most_an_hour)


def notice_template() -> str:
    """Empty where members are not told by WeChat."""
    settings = config.settings()
    return settings.wechat_notice_template_id if settings.wechat_app_id else ""


def addresses_of(member_id: str) -> dict[str, str]:
    """By channel: what is a member's own, and needs no question."""
    from chalicelib.ledger.built import ledger  # noqa: PLC0415 - what sends has no need of it

    contact = ledger().members.contact(member_id)
    found = {"wechat": contact.openid, "sms": contact.phone} if contact else {}
    return {channel: address for channel, address in found.items() if address}


def groups() -> "Groups":
    from chalicelib.notices.service.groups import Groups  # noqa: PLC0415

    return Groups(clock.now)


def roll() -> "Roll":
    from chalicelib.notices.service.roll import Roll  # noqa: PLC0415

    return Roll(clock.now)


@cache
def fan_out() -> "FanOut":
    from chalicelib.notices.audience import Subscribers  # noqa: PLC0415
    from chalicelib.notices.channels import teller  # noqa: PLC0415
    from chalicelib.notices.service.fan_out import FanOut  # noqa: PLC0415

    return FanOut(Subscribers(), teller(channels()), clock.now)


@cache
def channels() -> "dict[str, Channel]":
    """Those that are set up."""
    from chalicelib.adapters.email import mailer  # noqa: PLC0415
    from chalicelib.adapters.webhook import Webhooks  # noqa: PLC0415
    from chalicelib.adapters.wechat import wechat  # noqa: PLC0415
    from chalicelib.adapters.wecom import WeCom as Bot  # noqa: PLC0415
    from chalicelib.notices.channels import Mail, Sms, Subscribe, Webhook, WeCom  # noqa: PLC0415
    from chalicelib.notices.templates.hooks import Hooks  # noqa: PLC0415

    settings, made_links = config.settings(), links()
    hooks = Hooks(settings.status_base_url, made_links.confirm, made_links.leave)
    poster = Webhooks(_WEBHOOK_TIMEOUT_S, nearby=on_one_machine())
    made: dict[str, Channel] = {"webhook": Webhook(poster, hooks, clock.now)}
    made["wecom"] = WeCom(lambda url: Bot(lambda: url, _WECOM_TIMEOUT_S), letters())
    if (mini_program := wechat()) and (template_id := notice_template()):
        made["wechat"] = Subscribe(mini_program, template_id)
    if mail := mailer():
        made["email"] = Mail(mail, letters())
    if lines := sms_lines():
        made["sms"] = Sms(lines, made_links.code)
    return made


def sms_lines() -> "list[SmsLine]":
    """In the order in which SMS_PROVIDERS names them; an adapter is imported where it is named."""
    from chalicelib.notices.channels import SmsLine  # noqa: PLC0415

    settings, made = config.settings(), list[SmsLine]()
    for name in settings.providers:
        notice, code = settings.notice_templates(name)
        provider = _sms_provider(name) if notice and code else None
        if provider:
            made.append(SmsLine(name, provider, notice, code))
    return made


def _sms_provider(name: str) -> "SmsProvider | None":
    if name == "tencent":
        from chalicelib.adapters.sms_tencent import tencent_sms  # noqa: PLC0415

        return tencent_sms()
    from chalicelib.adapters.sms_aliyun import aliyun_sms  # noqa: PLC0415

    return aliyun_sms()


def offered() -> list[str]:
    """By which channels anybody may subscribe, as the settings are; nothing is imported for looking at them."""
    return [*config.settings().told_by, "webhook"]


def on_one_machine() -> bool:
    """Where nothing is reached from elsewhere: webhooks may be near by, and all callers have the same address."""
    return config.settings().dengta_stage == "local"


def letters() -> "Letters":
    from chalicelib.notices.templates.letters import Letters  # noqa: PLC0415

    settings, made = config.settings(), links()
    return Letters(settings.chain_name, settings.status_base_url, made.confirm, made.leave)


@cache
def links() -> "Links":
    from chalicelib.notices.service.links import Links  # noqa: PLC0415

    return Links(secrets.keyring(), _base())


def forget() -> None:
    """For tests, whose settings and channels change."""
    for part in (subscribing, fan_out, channels, links):
        part.cache_clear()


def _base() -> str:
    """The API lies beside the status page, under its stage's name."""
    page = config.settings().status_base_url.rstrip("/")
    return f"{page}/api" if page else ""
