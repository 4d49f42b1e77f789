"""The real parts behind the edges, built once per container.

What sends is imported where it is built: the HTTP function only finds messages.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.access import service as access
from chalicelib.access.model import Store
from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import rulebook
from chalicelib.messages.model.message import KINDS, Kind, Message
from chalicelib.messages.service.find import Finder

if TYPE_CHECKING:
    from chalicelib.messages.channels import Channel
    from chalicelib.messages.model.choice import Contact, Offer
    from chalicelib.messages.model.course import Outcome
    from chalicelib.messages.model.limits import Cap
    from chalicelib.messages.model.score import Counts
    from chalicelib.messages.raw import Pushed
    from chalicelib.messages.service.deliver import Deliveries
    from chalicelib.messages.service.digest import Digests
    from chalicelib.messages.service.months import Months
    from chalicelib.messages.service.preferring import Preferring
    from chalicelib.messages.service.providers import Providers
    from chalicelib.messages.service.pushes import Pushes
    from chalicelib.messages.service.receipts import Receipts
    from chalicelib.messages.service.scoring import Scoring
    from chalicelib.messages.service.sweep import Sweeper
    from chalicelib.messages.service.wechat_events import WeChatEvents


@cache
def deliveries() -> "Deliveries":
    from chalicelib.messages.model import limits, routing  # noqa: PLC0415
    from chalicelib.messages.service import refusals  # noqa: PLC0415
    from chalicelib.messages.service.breaking import Breaking  # noqa: PLC0415
    from chalicelib.messages.service.deliver import Deliveries  # noqa: PLC0415

    made = channels()
    breaking = Breaking([one.offer.by for one in made], clock.now)

    def ordered(message: Message, offers: "Sequence[Offer]") -> "list[Offer]":
        return breaking.ordered(
            message, routing.in_order(rulebook.of_the_minute(), message, offers)
        )

    def caps(
        offer: "Offer", message: Message, contact: "Contact", now: datetime
    ) -> "tuple[Cap, ...]":
        """The counters of the chain's limits; no phone stands in a key."""
        phone = secrets.keyring().find_by("limit", contact.phone or "")
        to = limits.Receiver(contact.member_id, phone)
        return limits.caps(rulebook.of_the_minute().limits, message, offer.channel, to, now)

    def heard(offer: "Offer", message: Message, outcome: "Outcome") -> None:
        breaking.heard(offer, outcome)
        scoring().called(offer, message, outcome)
        refusals.heard(offer, message, outcome, clock.now())

    return Deliveries(
        made,
        ledger().members.contact,
        clock.now,
        ordered,
        [*routing.gates(rulebook.of_the_minute), breaking.gate],
        heard,
        scoring().reported,
        caps,
        breaking.unasked,
        breaking.may_ask,
    )


@cache
def scoring() -> "Scoring":
    """What this container has counted; the edges put it on the cards when their batch or run is over."""
    from chalicelib.messages.service.scoring import Scoring, sms_charge  # noqa: PLC0415

    def charged(offer: "Offer", message: Message) -> "Counts":
        if offer.channel != "sms":
            return {}
        price = rulebook.of_the_minute().part_milliyuan(offer.provider)
        return sms_charge(message.facts, offer.provider, sign_name(offer.provider), price)

    return Scoring(clock.now, charged)


@cache
def preferring() -> "Preferring":
    from chalicelib.messages.service.preferring import Preferring  # noqa: PLC0415

    def price(provider: str) -> int | None:
        return rulebook.of_the_minute().part_milliyuan(provider)

    return Preferring([one.offer.by for one in sms_channels()], clock.now, price)


def providers() -> "Providers":
    """As the settings name them: no adapter is imported for looking at them."""
    from chalicelib.messages.model.choice import Provider  # noqa: PLC0415
    from chalicelib.messages.service.providers import Providers  # noqa: PLC0415

    settings = config.settings()
    set_up = [Provider("sms", name) for name in settings.providers]
    if settings.wechat_app_id:
        set_up.append(Provider("wechat", "wechat"))
    if settings.smtp_url_param and settings.mail_from:
        set_up.append(Provider("email", "smtp"))
    return Providers(set_up, clock.now)


def months() -> "Months":
    from chalicelib.messages.service.months import Months  # noqa: PLC0415

    return Months(clock.now, nowhere().zone)


@cache
def sweeper() -> "Sweeper":
    from chalicelib.messages.service.sweep import Sweeper  # noqa: PLC0415

    return Sweeper(
        access.stores,
        nowhere,
        ledger().booked_between,
        deliveries().go_on,
        clock.now,
        [receipts().try_parked, pushes().take_up_due],
    )


@cache
def pushes() -> "Pushes":
    from chalicelib.messages.service.pushes import Pushes  # noqa: PLC0415

    return Pushes(_take, clock.now)


def _take(pushed: "Pushed") -> None:
    if pushed.source == "wechat":
        wechat_events().take(pushed)
    else:
        receipts().take(pushed)


@cache
def wechat_events() -> "WeChatEvents":
    from chalicelib.messages.service.wechat_events import WeChatEvents  # noqa: PLC0415

    settings = config.settings()
    aes_key_param = settings.wechat_callback_aes_key_param
    return WeChatEvents(
        settings.wechat_app_id,
        lambda: secrets.read(aes_key_param) if aes_key_param else "",
        wechat_templates(),
        quota_holder,
        ledger().members.by_openid,
        receipts().match,
        clock.now,
    )


@cache
def receipts() -> "Receipts":
    from chalicelib.adapters.sms_aliyun import pushes as aliyun  # noqa: PLC0415
    from chalicelib.adapters.sms_tencent import pushes as tencent  # noqa: PLC0415
    from chalicelib.messages.service.receipts import Receipts  # noqa: PLC0415

    read = {"tencent": tencent.read, "aliyun": aliyun.read}
    return Receipts(read, clock.now, scoring().reported)


@cache
def digests() -> "Digests":
    from chalicelib.adapters.wecom import wecom  # noqa: PLC0415
    from chalicelib.messages.service.digest import Digests  # noqa: PLC0415

    return Digests(wecom(), config.settings().chain_name, clock.now)


def nowhere() -> Store:
    """Where the ledger lists what belongs to no store: by the day of the chain."""
    rules = ledger().rules()
    return Store("", "", rules.zone, rules.day_cut_hour)


@cache
def finder() -> Finder:
    return Finder(ledger())


def channels() -> "list[Channel]":
    """Those that are set up, in the order in which they are tried: SMS by its providers, WeChat, e-mail."""
    from chalicelib.adapters.email import mailer  # noqa: PLC0415
    from chalicelib.adapters.wechat import wechat  # noqa: PLC0415
    from chalicelib.messages.channels import Mail, Subscribe  # noqa: PLC0415

    made: list[Channel] = [*sms_channels()]
    if mini_program := wechat():
        made.append(Subscribe(mini_program, wechat_templates(), quota_holder))
    if mail := mailer():
        made.append(Mail(mail, frozenset(KINDS)))
    return made


def sms_channels() -> "list[Channel]":
    """In the order in which SMS_PROVIDERS names them; an adapter is imported where it is named."""
    from chalicelib.messages.channels import Sms  # noqa: PLC0415

    made: list[Channel] = []
    for name in config.settings().providers:
        if name == "tencent":
            from chalicelib.adapters.sms_tencent import tencent_sms  # noqa: PLC0415

            if tencent := tencent_sms():
                made.append(Sms(name, tencent, tencent_templates(), clock.now))
        else:
            from chalicelib.adapters.sms_aliyun import aliyun_sms  # noqa: PLC0415

            if aliyun := aliyun_sms():
                made.append(Sms(name, aliyun, aliyun_templates(), clock.now))
    return made


def quota_holder(openid: str) -> str:
    """Quota belongs to the WeChat account, and no account's id stands in a key."""
    return secrets.keyring().find_by("openid", openid)


def sign_name(provider: str) -> str:
    settings = config.settings()
    known = {"tencent": settings.tencent_sms_sign_name, "aliyun": settings.aliyun_sms_sign_name}
    return known[provider]


def tencent_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.tencent_sms_spend_template_id,
        settings.tencent_sms_top_up_template_id,
        settings.tencent_sms_refund_template_id,
        settings.tencent_sms_outage_template_id,
    )


def aliyun_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.aliyun_sms_spend_template_code,
        settings.aliyun_sms_top_up_template_code,
        settings.aliyun_sms_refund_template_code,
        settings.aliyun_sms_outage_template_code,
    )


def wechat_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.wechat_spend_template_id,
        settings.wechat_top_up_template_id,
        settings.wechat_refund_template_id,
        settings.wechat_outage_template_id,
    )


def _by_kind(spend: str, top_up: str, refund: str, outage: str) -> dict[Kind, str]:
    """Those that are set up; a void is told in the words of a refund."""
    templates: dict[Kind, str] = {
        "spend": spend,
        "top_up": top_up,
        "refund": refund,
        "void": refund,
        "outage": outage,
    }
    return {kind: template for kind, template in templates.items() if template}
