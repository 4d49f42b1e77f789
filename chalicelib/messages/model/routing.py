"""The chain's rules at the moment of sending: the order of the channels, and the gates of route and quiet hours."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from chalicelib.kernel import clock
from chalicelib.messages.model.choice import Contact, Gate, Offer, Shut
from chalicelib.messages.model.message import ChannelName, Kind, Message
from chalicelib.messages.model.rules import MessageRules, QuietHours

_BOTH_FOLDS = (0, 1)  # an hour that comes twice when the clocks go back


def in_order(rules: MessageRules, message: Message, offers: Sequence[Offer]) -> list[Offer]:
    """As the route of its kind says, those of one channel as they came; what the route leaves out comes last."""
    route = rules.route_of(message.facts.kind)
    if route is None:
        return list(offers)
    rank = {channel: number for number, channel in enumerate(route.channels)}
    return sorted(offers, key=lambda offer: rank.get(offer.channel, len(rank)))


def gates(rules: Callable[[], MessageRules]) -> tuple[Gate, ...]:
    """Those that the rules of this moment shut."""

    def not_in_rules(
        offer: Offer, message: Message, contact: Contact, now: datetime
    ) -> Shut | None:
        del contact, now
        route = rules().route_of(message.facts.kind)
        left_out = route and not message.beside and offer.channel not in route.channels
        return Shut("not_in_rules") if left_out else None

    def quiet_hours(offer: Offer, message: Message, contact: Contact, now: datetime) -> Shut | None:
        del contact
        until = quiet_until(rules(), offer.channel, message.facts.kind, now)
        return Shut("quiet_hours", until) if until else None

    return not_in_rules, quiet_hours


def quiet_until(
    rules: MessageRules, channel: ChannelName, kind: Kind, now: datetime
) -> datetime | None:
    """None where the channel is not quiet now for this kind."""
    ends = [
        _end(quiet, now)
        for quiet in rules.quiet_hours
        if channel in quiet.channels and kind not in quiet.exempt_kinds and is_quiet(quiet, now)
    ]
    return max(ends, default=None)


def is_quiet(quiet: QuietHours, moment: datetime) -> bool:
    read = moment.astimezone(clock.zone(quiet.zone)).time()
    starts, ends = time.fromisoformat(quiet.starts), time.fromisoformat(quiet.ends)
    if starts < ends:
        return starts <= read < ends
    return read >= starts or read < ends


def _end(quiet: QuietHours, now: datetime) -> datetime:
    """The next moment at which the clock reads `ends`. Where it leaps over that, as long after the leap."""
    zone = clock.zone(quiet.zone)
    today = now.astimezone(zone).date()
    ends = time.fromisoformat(quiet.ends)
    moments = (
        datetime.combine(today + timedelta(days), ends.replace(fold=fold), zone).astimezone(UTC)
        for days in range(2)
        for fold in _BOTH_FOLDS
    )
    return min(moment for moment in moments if moment > now and not is_quiet(quiet, moment))
