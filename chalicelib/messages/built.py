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
from chalicelib.messages import rulebook, set_up
from chalicelib.messages.model.message import Message
from chalicelib.messages.service.find import Finder

if TYPE_CHECKING:
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

    made = set_up.channels()
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
        return sms_charge(message.facts, offer.provider, set_up.sign_name(offer.provider), price)

    return Scoring(clock.now, charged)


@cache
def preferring() -> "Preferring":
    from chalicelib.messages.service.preferring import Preferring  # noqa: PLC0415

    def price(provider: str) -> int | None:
        return rulebook.of_the_minute().part_milliyuan(provider)

    return Preferring([one.offer.by for one in set_up.sms_channels()], clock.now, price)


def providers() -> "Providers":
    """As the settings name them: no adapter is imported for looking at them."""
    from chalicelib.messages.service.providers import Providers  # noqa: PLC0415

    return Providers(set_up.providers(), clock.now)


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
        set_up.wechat_templates(),
        set_up.quota_holder,
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
