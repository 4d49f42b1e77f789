"""A night in which everything goes wrong: two SMS providers, WeChat and e-mail, streams, containers, receipts."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.adapters import tables
from chalicelib.adapters.sms_aliyun import pushes as aliyun_pushes
from chalicelib.adapters.sms_tencent import pushes as tencent_pushes
from chalicelib.kernel import ids
from chalicelib.kernel.errors import TryAgain
from chalicelib.messages import raw, stream
from chalicelib.messages.channels import Channel, Mail, Sms, Subscribe
from chalicelib.messages.model.message import KINDS, Message
from chalicelib.messages.service.breaking import Breaking
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.pushes import Pushes
from chalicelib.messages.service.receipts import Receipts
from chalicelib.messages.service.sweep import Sweeper
from tests.simulation.carriers import JUNK, SmsWithCarriers
from tests.simulation.chain import ALWAYS, TEMPLATES, Chain, booked_between, holder, streams_client
from tests.simulation.event_source import EventSource, Killed, RawRecord, Tail
from tests.simulation.providers import STORM, Die

ODDS: Mapping[str, float] = {
    **STORM, "says_frequency": 0.02, "says_template": 0.01, "says_account": 0.005,
}  # fmt: skip
CONTAINERS = 2


@dataclass
class Storm(Chain):
    """A chain whose functions run in several containers, each with a memory of its own."""

    odds: Mapping[str, float] = field(default_factory=lambda: ODDS)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.luck = random.Random(self.seed + 10)
        self.both = {
            name: SmsWithCarriers(name, self.clock, Die(n, self.odds), self.luck, self.keep)
            for n, name in enumerate(("tencent", "aliyun"), self.seed + 20)
        }
        self.containers = [self._deliveries() for _ in range(CONTAINERS)]
        self.deliveries = self.containers[0]
        readers = {"tencent": tencent_pushes.read, "aliyun": aliyun_pushes.read}
        self.receipts = Receipts(readers, self.clock)
        self.pushes = Pushes(self.receipts.take, self.clock)
        self.sweeper = Sweeper(
            lambda: [self.store],
            lambda: self.nowhere,
            booked_between,
            self.containers[1].go_on,
            self.clock,
            [self.receipts.try_parked, self.pushes.take_up_due],
        )
        self.tails = {
            name: Tail(streams_client(), tables.table_name(name)) for name in ("book", "messages")
        }

    def new_member_id(self) -> str:
        """The same for a seed each time: in what order messages are taken up follows from their ids."""
        return ids.following(self.clock(), f"{self.seed}-{len(self.people)}")

    def _deliveries(self) -> Deliveries:
        channels: Sequence[Channel] = (
            *(Sms(name, each, TEMPLATES, self.clock) for name, each in self.both.items()),
            Subscribe(self.wechat, TEMPLATES, holder),
            Mail(self.mail, frozenset(KINDS)),
        )
        breaking = Breaking([one.offer.by for one in channels], self.clock)
        return Deliveries(
            channels,
            self.people.get,
            self.clock,
            breaking.ordered,
            [breaking.gate],
            lambda offer, _, outcome: breaking.heard(offer, outcome),
            unasked=breaking.unasked,
            may_ask=breaking.may_ask,
        )

    def new_records(self, table: str, *prefixes: str) -> list[RawRecord]:
        """What the stream brings since the last time: a tenth lost, a fifth twice, in any order."""
        fresh = [
            record
            for record in self.tails[table].read()
            if record["eventName"] == "INSERT"
            and record["dynamodb"]["Keys"]["sk"]["S"].startswith(prefixes)
        ]
        kept = [one for one in fresh if self.luck.random() > 0.1]
        kept += [one for one in kept if self.luck.random() < 0.2]
        self.luck.shuffle(kept)
        return kept

    def tell(self) -> None:
        """Both streams, as far as they have come."""
        self.announcing().deliver(self.new_records("book", "ENTRY#"))
        container = self.luck.choice(self.containers)
        source = EventSource(
            lambda event: stream.deliver_batch(event, container.go_on, self.pushes.take_in, ALWAYS)
        )
        source.deliver(self.new_records("messages", "MSG#", "RAW#"))

    def push(self) -> None:
        """What carriers have said by now, in batches, with junk and strangers among it."""
        for name, each in self.both.items():
            items: list[object] = list(each.due())
            if items and self.luck.random() < 0.3:
                items.insert(self.luck.randrange(len(items)), self.luck.choice(JUNK))
            for start in range(0, len(items), 100):
                self.keep(name, json.dumps(items[start : start + 100]).encode())

    def keep(self, name: str, body: bytes) -> None:
        """As the edge does it; a provider that gets no answer pushes again."""
        for _ in range(20):
            try:
                raw.keep(name, body, self.clock())
            except (Killed, TryAgain):
                continue
            return


def sms_of(storm: Storm, message_id: str) -> Iterator[tuple[str, str]]:
    """The providers that took this message, and what became of it."""
    for name, each in storm.both.items():
        for taken in each.taken_of[message_id]:
            yield name, taken.fate


def taken_by_others(storm: Storm, message: Message) -> set[str]:
    amount = f"{message.facts.amount_fen / 100:.2f}元"
    took = {
        "wechat": storm.wechat.accepted[amount],
        "email": storm.mail.accepted[message.message_id],
    }
    return {channel for channel, count in took.items() if count}
