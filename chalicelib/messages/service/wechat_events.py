"""What WeChat pushed: refusals and popups go into the quota, sent events onto their attempts, all else to care."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.adapters import log
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.messages import care, parked, quota, staff, table
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.message import Kind
from chalicelib.messages.model.receipt import Receipt
from chalicelib.messages.model.sent_event import meant
from chalicelib.messages.raw import Pushed

if TYPE_CHECKING:
    from chalicelib.adapters.wechat.push import Item, Push

_DELIVERED = "0"
_NOT_REPORTED = (
    "小程序没有上报全部订阅授权，这些消息不会发出，请检查它调用 /v1/me/subscriptions 之处。"
)
_LOOKED_BACK = timedelta(days=7)  # an entry that came late is told of late
_log = log.logger("wechat_events")


@dataclass(frozen=True)
class WeChatEvents:
    """`aes_key` is empty in plain mode; `member_of` and `holder` are of an openid.

    `match` puts a receipt on record with its attempt, and says whether there is one.
    """

    app_id: str
    aes_key: Callable[[], str]
    templates: Mapping[Kind, str]
    holder: Callable[[str], str]
    member_of: Callable[[str], str | None]
    match: Callable[[Receipt], bool]
    clock: Clock

    def take(self, pushed: Pushed) -> None:
        """Safe to call again with the same. What cannot be read stays where it is kept, and is told of in the log."""
        from chalicelib.adapters.wechat import push  # noqa: PLC0415 - see there what it costs

        try:
            told = push.read(pushed.body, self.app_id, self.aes_key())
        except push.BadPush as bad:
            _log.warning("wechat push not read", extra={"reason": str(bad)})
            text = f"微信推送的内容读不懂（{bad}），请核对 AppID 与 EncodingAESKey。"
            staff.note("wechat_push:not_read", text, self.clock())
            return
        if told.kind == "subscribe_msg_change_event":
            self._refused(told)
        elif told.kind == "subscribe_msg_popup_event":
            self._popped_up(told)
        elif told.kind == "subscribe_msg_sent_event":
            self._sent(told, pushed.received_at)
        else:
            care.keep(
                self.holder(told.openid), told.digest, told.kind, told.created_at, told.fields
            )

    def _refused(self, told: "Push") -> None:
        """A member switched a template off: no more of it goes out until they accept it again."""
        for template in self._ours(told.items, "reject"):
            quota.refused(self.holder(told.openid), template, _event(told), told.created_at)

    def _popped_up(self, told: "Push") -> None:
        """The mini program's report is the account; a tap it did not report is a message that nobody will send."""
        for template in self._ours(told.items, "accept"):
            holder = self.holder(told.openid)
            missing = quota.popped_up(holder, template, _event(told), told.created_at)
            if missing:
                about = {"template": template, "missing": missing}
                _log.warning("accepts that the mini program did not report", extra=about)
                staff.note("wechat_push:not_reported", _NOT_REPORTED, self.clock())

    def _ours(self, items: "Iterable[Item]", status: str) -> set[str]:
        named = {item.template_id for item in items if item.status == status}
        return named & set(self.templates.values())

    def _sent(self, told: "Push", came_at: datetime) -> None:
        """By WeChat's own id; else by member and template. It may overtake the answer to the send, and waits then."""
        for item in told.items:
            receipt = _receipt(told, item)
            if receipt is None or self.match(receipt):
                continue
            receipt = receipt._replace(one_of=self._one_of(told, item))
            if not (receipt.one_of and self.match(receipt)):
                parked.park(receipt, came_at)

    def _one_of(self, told: "Push", item: "Item") -> tuple[str, ...]:
        """References of the attempts that it may be about."""
        member_id = self.member_of(told.openid)
        if member_id is None:
            return ()
        attempts = [
            attempt
            for message in table.since(member_id, told.created_at - _LOOKED_BACK) or ()
            for attempt in message.attempts
            if attempt.channel == "wechat"
            and self.templates.get(message.facts.kind) == item.template_id
        ]
        return tuple(one.reference for one in meant(attempts, item.msg_id, told.created_at))


def _receipt(told: "Push", item: "Item") -> Receipt | None:
    """None where the event does not say what came of the message."""
    if not item.error_code:
        return None
    delivered = item.error_code == _DELIVERED
    kind = None if delivered else "other"
    report = Report(delivered, item.msg_id or None, item.error_code, kind, told.created_at)
    return Receipt("wechat", "", report)


def _event(told: "Push") -> str:
    """WeChat's document tells events apart by who, when and what; who is in the key beside."""
    return f"{told.kind}#{clock.text(told.created_at)}"
