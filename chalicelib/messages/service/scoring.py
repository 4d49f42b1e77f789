"""Counting what comes of each provider's messages: in the container's memory, and from there to its cards at times."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters import log, sms_values
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.messages import scores, templates
from chalicelib.messages.model import score
from chalicelib.messages.model.choice import Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Attempt, Facts, Message

_log = log.logger("scores")


def _free(offer: Offer, message: Message) -> score.Counts:
    del offer, message
    return {}


def sms_charge(
    facts: Facts, provider: str, sign_name: str, part_milliyuan: int | None
) -> score.Counts:
    text = templates.sms_text(facts, provider, sign_name)
    return score.of_parts(sms_values.parts(text), part_milliyuan)


@dataclass
class Scoring:
    """`charged` is what an accepted message adds in parts and price.

    `counted` is what is not on the cards yet: a container that is killed takes it along, a batch's at the most.
    """

    clock: Clock
    charged: Callable[[Offer, Message], score.Counts] = _free
    counted: dict[tuple[Provider, datetime], Counter[str]] = field(default_factory=dict)

    def called(self, offer: Offer, message: Message, outcome: Outcome) -> None:
        self._count(offer.by, score.of_call(outcome, message.facts.kind))
        if outcome.state == "accepted":
            self._count(offer.by, self.charged(offer, message))

    def reported(self, attempt: Attempt) -> None:
        """On the first word of a carrier; it counts in the hour in which it comes."""
        self._count(Provider(attempt.channel, attempt.provider), score.of_report(attempt))

    def flush(self) -> None:
        """To be called when a batch or a run is over: one request for each provider. What is not kept stays."""
        for place in list(self.counted):
            try:
                scores.add(*place, self.counted[place])
            except TryAgain:
                _log.warning("counts not kept yet")
                return
            del self.counted[place]

    def _count(self, provider: Provider, counts: score.Counts) -> None:
        hour = score.hour_of(self.clock())
        self.counted.setdefault((provider, hour), Counter()).update(counts)
