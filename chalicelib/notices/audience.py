"""Those who are to hear of a notice, shard by shard: today the subscribers."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.adapters import log
from chalicelib.kernel import stamp
from chalicelib.notices.model.jobs import Outcome
from chalicelib.notices.model.subscribers import Aside, Subscriber, failed_again
from chalicelib.notices.table import subscribers as table
from chalicelib.notices.table.aside import put_aside

GROUP_PUT_ASIDE = "group put aside"  # an alarm counts these lines
_BY = stamp.system("fan_out")
_log = log.logger("notices")


class Page(NamedTuple):
    """`last` is where the next page begins; None where there is none."""

    receivers: Sequence[Subscriber]
    last: str | None


class Audience(Protocol):
    def page(self, shard: int, after: str, limit: int) -> Page:
        """In an order that does not change, from behind `after` on."""

    def receiver(self, receiver_id: str) -> Subscriber | None:
        """As they are now; None where they left."""

    def heard(self, receiver: Subscriber, outcome: Outcome, now: datetime) -> None:
        """What a try came to, so that who cannot be reached is asked no more."""


class Subscribers:
    def page(self, shard: int, after: str, limit: int) -> Page:
        return Page(*table.page(shard, after, limit))

    def receiver(self, receiver_id: str) -> Subscriber | None:
        return table.subscriber(receiver_id)

    def heard(self, receiver: Subscriber, outcome: Outcome, now: datetime) -> None:
        """Put aside are those whose address is refused for good, and webhooks that fail ten times in an hour.

        Mail and WeChat go through one relay for all: that it fails says nothing about who is to be told.
        """
        if outcome.state == "sent":
            if receiver.failing:
                table.failing(receiver.subscriber_id, None)
            return
        if outcome.gone:
            _put_aside(receiver, Aside(now, outcome.code))
            return
        if receiver.channel != "webhook":
            return
        failing = failed_again(receiver.failing, now)
        if failing.too_often:
            _put_aside(receiver, Aside(now, "failing"))
        else:
            table.failing(receiver.subscriber_id, failing)


def _put_aside(one: Subscriber, aside: Aside) -> None:
    """Staff of a group learn by nothing else that they are told no more."""
    if put_aside(one, aside, _BY):
        said = GROUP_PUT_ASIDE if one.channel == "wecom" else "subscriber put aside"
        about = {"subscriber_id": one.subscriber_id, "channel": one.channel, "why": aside.why}
        _log.warning(said, extra=about)
