"""A desk at which members, tills and providers do what leads to a verdict."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from chalicelib.adapters import tables
from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, raw, table
from chalicelib.messages.model.choice import Gate
from chalicelib.messages.model.diagnosis import Code, Sure
from chalicelib.messages.model.evidence import Question
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests.house import BY, House

A_RECEIPT_LATER = timedelta(minutes=11)
_numbers = itertools.count(10)


def both(tencent: str, aliyun: str) -> Mapping[str, str]:
    return {"tencent": tencent, "aliyun": aliyun}


@dataclass
class Desk:
    """`phone` is this flow's own; `later` is how far the clock has been turned when the question is asked."""

    house: House
    upstreams: Running
    phone: str = field(default_factory=lambda: f"137{next(_numbers):08d}")
    later: timedelta = timedelta(0)
    channels: tuple[ChannelName, ...] = ("sms", "wechat", "email")
    gates: tuple[Gate, ...] = ()

    def clock(self) -> datetime:
        return clock.now() + self.later

    def member(self, phone: str | None = None, **more: Any) -> str:  # noqa: ANN401
        return self.house.register(phone or self.phone, **more)

    def by_wechat(self, accepts: int = 0) -> str:
        """A member who came by WeChat and bound no phone; `accepts` are known here and there."""
        openid = f"o-{self.phone}"
        self.upstreams.world.store.put("openid", openid, {})
        self.upstreams.world.store.put("quota", f"{openid} tmpl-spend", accepts)
        member_id = ledger().members.log_in(openid, BY)
        for n in range(accepts):
            tap = {"accepts": [{"template_id": "tmpl-spend", "key": f"tap-{n}"}]}
            self.house.member(member_id).post("/v1/me/subscriptions", tap)
        return member_id

    def spend(self, member_id: str, *, method: str = "cash", name: str | None = None) -> str:
        """The id of the spend; empty where it is refused."""
        name = name or self.phone
        body = {
            "member_id": member_id,
            "total_fen": 6800,
            "payments": [{"method": method, "amount_fen": 6800}],
        }
        reply = self.house.till.put(f"/v1/stores/s1/spends/{name}", body)
        spend_id: str = reply.json.get("spend_id", "")
        return spend_id

    def made(self, spend_id: str) -> Message:
        entry = ledger().entry(spend_id)
        assert entry is not None
        announce([entry], clock.now())
        return self.read(spend_id)

    def read(self, spend_id: str) -> Message:
        entry = ledger().entry(spend_id)
        message = table.message(entry.message_id, consistent=True) if entry else None
        assert message is not None
        return message

    def deliveries(self) -> Deliveries:
        """What is set up here. One flow's failures open no breaker on the others: gates are set by who needs them."""
        real = built.deliveries()
        channels = [one for one in real.channels if one.offer.channel in self.channels]
        return replace(
            real,
            channels=channels,
            clock=self.clock,
            gates=self.gates,
            heard=lambda *_: None,
            silent_until={},
            unasked=lambda _: None,
            may_ask=lambda _: True,
        )

    def told(self, member_id: str, *turns: timedelta, name: str | None = None) -> str:
        """A spend whose message was delivered once now, and again at each of these times."""
        spend_id = self.spend(member_id, name=name)
        self.made(spend_id)
        for later in (timedelta(0), *turns):
            self.later = later
            self.deliveries().go_on(self.read(spend_id))
        return spend_id

    def wechat_pushes(self, event: str, item: Mapping[str, Any]) -> None:
        """In plain mode, kept as the edge keeps it and read as the stream brings it."""
        now = clock.now()
        push = {"ToUserName": "gh", "FromUserName": f"o-{self.phone}", "MsgType": "event"}
        push |= {"Event": event, "CreateTime": str(int(now.timestamp()))}
        raw.keep("wechat", json.dumps({**push, "List": item}).encode(), now)
        for image in tables.query("messages", f"RAW#wechat#{now.date()}").images:
            built.pushes().take_in(image)

    def rules(self, **document: Any) -> None:  # noqa: ANN401
        """The chain's, until the flow is over."""
        reply = self.house.office.put("/v1/message-rules", document, if_match="*")
        assert reply.status == 200, reply.text

    def fault(self, code: str | Mapping[str, str], kind: str = "", **more: Any) -> None:  # noqa: ANN401
        """At both providers, for this flow's phone; where one code is given, it is what the carrier says."""
        for provider in ("tencent", "aliyun"):
            what = kind or ("carrier_fails" if isinstance(code, str) else f"{provider}_code")
            told = {"code": code if isinstance(code, str) else code[provider]} if code else {}
            fault = {
                "endpoint": f"{provider}.SendSms",
                "kind": what,
                "match": self.phone,
                "times": "always",
            }
            self.upstreams.world.faults.order(msgspec.convert({**fault, **told, **more}, Fault))


class Flow(NamedTuple):
    code: Code
    name: str
    run: Callable[[Desk], Question]
    sure: Sure = "certain"


FLOWS: list[Flow] = []


def flow(code: Code, sure: Sure = "certain") -> Callable[[Callable[[Desk], Question]], None]:
    def keep(run: Callable[[Desk], Question]) -> None:
        FLOWS.append(Flow(code, run.__name__, run, sure))

    return keep
