"""The rules of the ledger: what a posting does to an account, and what is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.access.model import Store
from chalicelib.kernel import money
from chalicelib.kernel.errors import Conflict, Refused, Text, invalid
from chalicelib.ledger.facts import EntryPosted, Payment

_CLOCK_AHEAD = timedelta(minutes=5)
_LATEST = timedelta(days=7)


class BalanceTooLow(Refused):
    """The member's live balance does not cover the amount."""

    code = "balance_too_low"
    title = Text("余额不足", "The balance is too low")
    detail = Text("余额还差 {missing_yuan} 元。", "The balance is short by {missing_yuan} yuan.")
    hint = Text(
        "请换一个新单号，改用其他方式支付或先充值。",
        "Use a new name, and another way to pay or a top-up first.",
    )


class BalanceTooHigh(Refused):
    """No account holds more than the system's limit."""

    code = "balance_too_high"
    title = Text("余额将超过上限", "The balance would exceed the limit")


class NameTaken(Conflict):
    """The name was used for something else; nothing changed."""

    code = "name_taken"
    title = Text("单号已被另一笔使用", "The name was used for something else")
    hint = Text(
        "同一单号只能原样重发；新的一笔请用新单号。",
        "A name may only be sent again unchanged; use a new one for a new purpose.",
    )


@dataclass(frozen=True)
class Account:
    """`seq` is that of the last entry; 0 before the first."""

    member_id: str
    balance_fen: int = 0
    seq: int = 0
    closed_into: str | None = None


@dataclass(frozen=True)
class Posting:
    """What a till asks the ledger to write; `delta_fen` moves the balance."""

    kind: str
    delta_fen: int
    total_fen: int
    payments: tuple[Payment, ...]
    store: Store
    order_name: str
    occurred_at: datetime | None = None
    bonus_fen: int = 0
    note: str | None = None
    lines: str | None = None


@dataclass(frozen=True)
class Order:
    """What came of a name: an entry, or a refusal that is kept. `lines` is JSON as the till sent it."""

    store_id: str
    kind: str
    name: str
    fingerprint: str
    entry: EntryPosted | None = None
    refusal: Refused | None = None
    note: str | None = None
    lines: str | None = None


def spend(
    store: Store,
    name: str,
    *,
    total_fen: int,
    payments: Sequence[Payment],
    occurred_at: datetime | None = None,
    note: str | None = None,
    lines: str | None = None,
) -> Posting:
    """Raises InvalidRequest where the payments do not add up to the total."""
    paid = sum(payment.amount_fen for payment in payments)
    if paid != total_fen:
        raise invalid(
            "/payments",
            f"各笔支付合计 {paid} 分，与 total_fen {total_fen} 不符",
            f"the payments add up to {paid} fen, total_fen says {total_fen}",
        )
    from_balance = sum(p.amount_fen for p in payments if p.method == "balance")
    return Posting(
        kind="spend",
        delta_fen=-from_balance,
        total_fen=total_fen,
        payments=tuple(payments),
        store=store,
        order_name=name,
        occurred_at=occurred_at,
        note=note,
        lines=lines,
    )


def top_up(store: Store, name: str, *, paid: Payment, bonus_fen: int) -> Posting:
    return Posting(
        kind="top_up",
        delta_fen=paid.amount_fen + bonus_fen,
        total_fen=paid.amount_fen,
        payments=(paid,),
        store=store,
        order_name=name,
        bonus_fen=bonus_fen,
    )


def post(account: Account, posting: Posting, now: datetime) -> tuple[Account, EntryPosted]:
    """The account after the posting, and its entry. Raises BalanceTooLow or BalanceTooHigh."""
    balance = account.balance_fen + posting.delta_fen
    if balance < 0:
        raise BalanceTooLow(missing_fen=-balance, missing_yuan=money.yuan(-balance))
    if balance > money.MOST_FEN:
        raise BalanceTooHigh(limit_fen=money.MOST_FEN)
    after = replace(account, balance_fen=balance, seq=account.seq + 1)
    entry = EntryPosted(
        member_id=account.member_id,
        seq=after.seq,
        kind=posting.kind,
        delta_fen=posting.delta_fen,
        balance_after_fen=balance,
        total_fen=posting.total_fen,
        bonus_fen=posting.bonus_fen,
        payments=posting.payments,
        booked_at=now,
        occurred_at=posting.occurred_at or now,
        business_date=posting.store.business_date(now).isoformat(),
        store_id=posting.store.store_id,
        store_name=posting.store.name,
        order_name=posting.order_name,
    )
    return after, entry


def check_occurred_at(occurred_at: datetime | None, now: datetime) -> None:
    """A till's clock may be a little ahead, and a sale a week old; older ones come through the journal."""
    if occurred_at is None:
        return
    if not now - _LATEST <= occurred_at <= now + _CLOCK_AHEAD:
        raise invalid(
            "/occurred_at",
            "时间应在最近 7 天内，且不晚于现在",
            "must lie within the last 7 days and not in the future",
        )


REFUSALS: dict[str, type[Refused]] = {kind.code: kind for kind in (BalanceTooLow, BalanceTooHigh)}
