"""The account: one item of a member's partition, read together with the profile."""

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Key, Row, Transaction
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.account import Account, Holding, Month
from chalicelib.members.facts import PROFILE, partition

_ACCOUNT = "NOW#ACCOUNT"
_holdings = msgspec.json.Decoder(tuple[Holding, ...])
_months = msgspec.json.Decoder(dict[str, Month])


class AccountRow(Row):
    """`holdings` and `months` are JSON; `balance_fen` and `points` say what they come to, for people who look here."""

    table = "book"
    member_id = UnicodeAttribute()
    seq = NumberAttribute()
    balance_fen = NumberAttribute()
    points = NumberAttribute()
    holdings = UnicodeAttribute()
    months = UnicodeAttribute()
    top_ups = NumberAttribute()
    lost = NumberAttribute(null=True)
    closed_into = UnicodeAttribute(null=True)


def read_now(member_id: str, *, consistent: bool = False) -> Sequence[Image]:
    """All that is now: the profile's image and the account's, in one request."""
    bounds = (
        "NOW#",
        "NOW#~",
    )  # a prefix says the same, but DynamoDB Local would walk through all entries
    return tables.query("book", partition(member_id), between=bounds, consistent=consistent).images


def read_now_of(member_ids: Sequence[str]) -> list[Image]:
    """The same for several members in one request; up to 50."""
    keys: list[Key] = []
    for member_id in member_ids:
        keys += [(partition(member_id), PROFILE), (partition(member_id), _ACCOUNT)]
    return tables.batch_get("book", keys)


def account(member_id: str, images: Sequence[Image]) -> Account:
    """The account among a member's images; a member who never had an entry has an empty one."""
    for image in images:
        if image["sk"]["S"] == _ACCOUNT and image["pk"]["S"] == partition(member_id):
            return account_of(image)
    return Account(member_id)


def is_account(image: Image) -> bool:
    return bool(image["sk"]["S"] == _ACCOUNT)


def account_of(image: Image) -> Account:
    return Account(
        image["member_id"]["S"],
        int(image["seq"]["N"]),
        _holdings.decode(image["holdings"]["S"]),
        _months.decode(image["months"]["S"]),
        int(image["top_ups"]["N"]),
        "lost" in image,
        image["closed_into"]["S"] if "closed_into" in image else None,
    )


def kept_sums(image: Image) -> tuple[int, int]:
    """The balance and the points as the item says them."""
    return int(image["balance_fen"]["N"]), int(image["points"]["N"])


def keep_account(
    transaction: Transaction, name: str, was: Account, now: Account, by: Stamp
) -> None:
    """The account as it is now, if nothing was posted to it since `was` was read."""
    row = AccountRow(
        partition(now.member_id),
        _ACCOUNT,
        member_id=now.member_id,
        seq=now.seq,
        balance_fen=now.balance_fen,
        points=now.points,
        holdings=msgspec.json.encode(now.holdings).decode(),
        months=msgspec.json.encode(now.months).decode(),
        top_ups=now.top_ups,
        lost=1 if now.lost else None,
        closed_into=now.closed_into,
        by=by.text(),
    )
    transaction.put(name, row, _unchanged(was))


def _unchanged(was: Account) -> Condition:
    if was.seq == 0:
        return Path("seq").does_not_exist()
    unchanged: Condition = (Path("seq") == was.seq) & Path("closed_into").does_not_exist()
    return unchanged
