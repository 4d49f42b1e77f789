"""WeChat's subscribe message, and bots of WeCom groups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.adapters.upstream import Refused
from chalicelib.notices.model.subscribers import Asked, Subscriber
from chalicelib.notices.templates import cards
from chalicelib.notices.templates.letters import Letters
from chalicelib.outages.model.notices import Notice


class SubscribeProvider(Protocol):
    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None
    ) -> str | None: ...


@dataclass(frozen=True)
class Subscribe:
    """WeChat's subscribe message: one tap, one notice. How many are left WeChat knows best."""

    provider: SubscribeProvider
    template_id: str

    def tell(self, to: Subscriber, notice: Notice) -> None:
        values = cards.wechat_values(notice)
        self.provider.send_subscribe(to.contact.address, self.template_id, values, None)

    def ask(self, asked: Asked) -> bool:  # noqa: ARG002
        """Nobody but the member subscribes, who is logged in."""
        return False


class Bot(Protocol):
    def say(self, text: str) -> None: ...


@dataclass(frozen=True)
class WeCom:
    """`bot` makes the one of an address. Here the account is the receiver: a bot that was removed is gone."""

    bot: Callable[[str], Bot]
    letters: Letters

    def tell(self, to: Subscriber, notice: Notice) -> None:
        try:
            self.bot(to.contact.address).say(self.letters.short(notice, to.language))
        except Refused as refused:
            if refused.kind != "account":
                raise
            code = refused.code
        else:
            return
        raise Refused("wecom", code, "number")

    def ask(self, asked: Asked) -> bool:  # noqa: ARG002
        """Nobody but an operator subscribes a group, whose word is enough."""
        return False
