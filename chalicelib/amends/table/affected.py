"""The members whom an incident touched, each once, and what came of giving to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row, Transaction
from chalicelib.amends.model.amends import KEPT, Affected, Outcome, shard_of
from chalicelib.amends.model.touched import REASONS, Because, Reason
from chalicelib.amends.table.jobs import TABLE

_because = msgspec.json.Decoder(Because)
_outcome = msgspec.json.Decoder(Outcome)
_FAILED = '["failed"'


class AffectedRow(Row):
    """An attribute for each reason; the first that is seen of it stays. `claimed_by`: on whose name it was given."""

    table = TABLE
    store_id = UnicodeAttribute()
    spent = UnicodeAttribute(null=True)
    refunded = UnicodeAttribute(null=True)
    sold_offline = UnicodeAttribute(null=True)
    message_waited = UnicodeAttribute(null=True)
    message_failed = UnicodeAttribute(null=True)
    held = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    claimed_by = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class Search(NamedTuple):
    """One search for those whom an incident touched."""

    incident_id: str
    round: int

    def partition(self, shard: int) -> str:
        return f"AFFECTED#{self.incident_id}#{self.round}#{shard:02d}"

    def row(self, member_id: str) -> AffectedRow:
        return AffectedRow(self.partition(shard_of(member_id)), member_id)


def add(search: Search, member_id: str, because: Mapping[Reason, Because], now: datetime) -> None:
    """Again it changes nothing; the store at which they were seen first stays too."""
    first = min(because.values(), key=lambda one: one.at)
    actions: list[Action] = [
        AffectedRow.store_id.set(AffectedRow.store_id | first.store_id),
        AffectedRow.expires_at.set(int((now + KEPT).timestamp())),
    ]
    for reason, one in because.items():
        attribute = getattr(AffectedRow, reason)
        actions.append(attribute.set(attribute | msgspec.json.encode(one).decode()))
    tables.update(search.row(member_id), actions)


def page(
    search: Search, shard: int, after: str, limit: int, *, consistent: bool = False
) -> list[Affected]:
    """By member id, from behind `after` on; none where there is nobody left."""
    start: Image | None = (
        {"pk": {"S": search.partition(shard)}, "sk": {"S": after}} if after else None
    )
    found = tables.query(
        TABLE, search.partition(shard), limit=limit, after=start, consistent=consistent
    )
    return [_affected(image) for image in found.images]


def some(search: Search, member_ids: Sequence[str]) -> list[Affected]:
    """Those of them that are among the touched."""
    keys = [(search.partition(shard_of(each)), each) for each in member_ids]
    return [_affected(image) for image in tables.batch_get(TABLE, keys, consistent=True)]


def claim(
    transaction: Transaction, search: Search, member_id: str, rows: Sequence[Affected]
) -> None:
    """With what is given to that member: nobody gives for any of these rows on another one's name."""
    ours = Path("claimed_by").does_not_exist() | (Path("claimed_by") == member_id)
    for one in rows:
        actions: list[Action] = [AffectedRow.claimed_by.set(member_id)]
        transaction.update(f"claim {one.member_id}", search.row(one.member_id), actions, ours)


def settle(search: Search, member_id: str, outcome: Outcome) -> Outcome:
    """What is kept of it: the first that was said, but for a failure, which the next try replaces."""
    row = search.row(member_id)
    actions: list[Action] = [AffectedRow.outcome.set(msgspec.json.encode(outcome).decode())]
    open_still = Path("outcome").does_not_exist() | Path("outcome").startswith(_FAILED)
    try:
        tables.update(row, actions, open_still & Path("pk").exists())
    except ConditionFailed as failed:
        there = failed.images["row"]
        if there is None:  # expired
            return outcome
        return _affected(there).outcome or outcome
    return outcome


def _affected(image: Image) -> Affected:
    return Affected(
        member_id=image["sk"]["S"],
        store_id=image["store_id"]["S"],
        because={
            reason: _because.decode(image[reason]["S"]) for reason in REASONS if reason in image
        },
        outcome=_outcome.decode(image["outcome"]["S"]) if "outcome" in image else None,
    )
