"""What came of each provider's messages, hour by hour; it steers and informs, and is no ledger."""

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.operand import Path

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.score import Counts

KEPT = timedelta(days=430)  # a month is read until thirteen months after its end
_HOUR = "H#%Y-%m-%dT%H"


class ScoreRow(Row):
    """Each count is an attribute of its own, which comes to be when it is first counted."""

    table = "messages"
    expires_at = NumberAttribute()


def add(provider: Provider, hour: datetime, counts: Counts) -> None:
    """One request. Counts are added, so those of several containers come together."""
    row = ScoreRow(_partition(provider), _sort(hour))
    actions = [Path(name).add(count) for name, count in counts.items()]
    expires_at = int((hour + KEPT).timestamp())
    tables.update(row, [*actions, ScoreRow.expires_at.set(expires_at)])


def hours(provider: Provider, since: datetime, until: datetime) -> dict[datetime, Counts]:
    """Both included, those in which nothing was counted left out; one request for a week."""
    images = tables.query_all(
        "messages", _partition(provider), between=(_sort(since), _sort(until))
    )
    return {_hour_of(image): _counts(image) for image in images}


def _counts(image: Image) -> Counts:
    return {
        name: int(value["N"])
        for name, value in image.items()
        if "N" in value and name != "expires_at"
    }


def _hour_of(image: Image) -> datetime:
    return datetime.strptime(image["sk"]["S"], _HOUR).replace(tzinfo=UTC)


def _sort(hour: datetime) -> str:
    return hour.astimezone(UTC).strftime(_HOUR)


def _partition(provider: Provider) -> str:
    return f"SCORE#{provider.channel}#{provider.name}"
