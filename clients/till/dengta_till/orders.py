"""Orders as they are kept and sent: checked here, since one that was sold off line cannot be mended later."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dengta_till.errors import BadOrder
from dengta_till.values import Kind, Line, Payment, plain

_NAME = re.compile(r"[A-Za-z0-9_\-|*@.]{1,64}")
_MEMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*")
_OFFLINE_METHODS = ("balance", "cash", "wechat_pay", "alipay", "card")
METHODS = (*_OFFLINE_METHODS, "points", "coupon", "count_card")
_MOST_FEN = 10**10
_MOST_PAYMENTS, _MOST_LINES, _MOST_QUANTITY = 10, 100, 9999
_LONGEST_NOTE, _LONGEST_LINE, _LONGEST_SKU = 200, 60, 40

PATHS: Mapping[Kind, str] = {"spend": "spends", "refund": "refunds", "top_up": "top-ups"}


@dataclass(frozen=True)
class Draft:
    """An order before it is kept: `body` is the very text that will be sent, now and at any later time."""

    kind: Kind
    name: str
    body: str
    member_id: str = ""
    balance_fen: int = 0
    card: str | None = None


def text(value: object) -> str:
    """JSON as it is kept, signed and sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_name(device_id: str, now: datetime) -> str:
    """A name that nobody else makes: this device, this second, 48 bits of chance."""
    return f"{device_id}-{now.astimezone(UTC):%y%m%d%H%M%S}-{secrets.token_hex(6)}"


def same(body: str, other: str) -> bool:
    """Whether two bodies ask for the same; when it was asked does not count."""
    return _meant(body) == _meant(other)


def _meant(body: str) -> dict[str, Any]:
    meant: dict[str, Any] = json.loads(body)
    meant.pop("occurred_at", None)
    return meant


def spend(
    name: str,
    member_id: str,
    total_fen: int,
    payments: Sequence[Payment],
    *,
    occurred_at: datetime,
    lines: Sequence[Line] = (),
    discount_fen: int = 0,
    note: str | None = None,
    card: str | None = None,
) -> Draft:
    """Raises BadOrder for what could only be refused."""
    _check_name(name)
    _check(_MEMBER.fullmatch(member_id) is not None, f"member_id {member_id!r}")
    _check_fen("total_fen", total_fen, least=1)
    _check_payments(payments, total_fen)
    _check_lines(lines, total_fen, discount_fen)
    body: dict[str, Any] = {
        "member_id": member_id,
        "total_fen": total_fen,
        "payments": [plain(each) for each in payments],
        "occurred_at": instant(occurred_at),
    }
    if lines:
        body["lines"] = [plain(each) for each in lines]
    if discount_fen:
        body["discount_fen"] = discount_fen
    if note:
        _check_words("note", note, _LONGEST_NOTE)
        body["note"] = note
    from_balance = sum(each.amount_fen for each in payments if each.method == "balance")
    return Draft("spend", name, text(body), member_id, from_balance, card)


def refund(
    name: str,
    out_trade_no: str,
    reason: str,
    *,
    amount_fen: int | None = None,
    lines: Sequence[Mapping[str, int]] = (),
) -> Draft:
    """Of an amount, of lines (`{"line": 0, "quantity": 1}`), or of all that is left."""
    _check_name(name)
    _check_name(out_trade_no)
    _check(amount_fen is None or not lines, "either amount_fen or lines")
    body: dict[str, Any] = {"out_trade_no": out_trade_no, "reason": reason}
    _check_words("reason", reason, _LONGEST_NOTE)
    if amount_fen is not None:
        _check_fen("amount_fen", amount_fen, least=1)
        body["amount_fen"] = amount_fen
    if lines:
        body["lines"] = [dict(each) for each in lines]
    return Draft("refund", name, text(body))


def top_up(
    name: str, member_id: str, paid_fen: int, method: str, *, bonus_fen: int | None = None
) -> Draft:
    """`bonus_fen` only where the till decides it; otherwise the chain's rules do."""
    _check_name(name)
    _check(_MEMBER.fullmatch(member_id) is not None, f"member_id {member_id!r}")
    _check_fen("paid_fen", paid_fen, least=1)
    body: dict[str, Any] = {"member_id": member_id, "paid_fen": paid_fen, "method": method}
    if bonus_fen is not None:
        _check_fen("bonus_fen", bonus_fen)
        body["bonus_fen"] = bonus_fen
    return Draft("top_up", name, text(body), member_id)


def not_offline(body: str) -> str | None:
    """The first way of payment in a spend that needs the line, if there is one."""
    methods = [each["method"] for each in json.loads(body)["payments"]]
    return next((method for method in methods if method not in _OFFLINE_METHODS), None)


def _check(right: bool, what: str) -> None:  # noqa: FBT001
    if not right:
        raise BadOrder(why=what)


def _check_name(name: str) -> None:
    _check(_NAME.fullmatch(name) is not None, f"name {name!r}")


def _check_fen(what: str, fen: int, least: int = 0) -> None:
    _check(type(fen) is int and least <= fen <= _MOST_FEN, f"{what} {fen!r}")


def _check_words(what: str, words: str, longest: int) -> None:
    _check(len(words) <= longest and _ONE_LINE.fullmatch(words) is not None, f"{what} {words!r}")


def _check_payments(payments: Sequence[Payment], total_fen: int) -> None:
    _check(1 <= len(payments) <= _MOST_PAYMENTS, f"{len(payments)} payments")
    for each in payments:
        _check(each.method in METHODS, f"method {each.method!r}")
        _check_fen("amount_fen", each.amount_fen, least=1)
    paid_fen = sum(each.amount_fen for each in payments)
    _check(paid_fen == total_fen, f"payments of {paid_fen} for a total_fen of {total_fen}")


def _check_lines(lines: Sequence[Line], total_fen: int, discount_fen: int) -> None:
    _check(len(lines) <= _MOST_LINES, f"{len(lines)} lines")
    _check_fen("discount_fen", discount_fen)
    for each in lines:
        _check(bool(each.name), "a line without a name")
        _check_words("line", each.name, _LONGEST_LINE)
        _check_words("sku", each.sku or "", _LONGEST_SKU)
        _check(1 <= each.quantity <= _MOST_QUANTITY, f"quantity {each.quantity!r}")
        _check_fen("amount_fen", each.amount_fen)
    if discount_fen:
        listed_fen = sum(each.amount_fen for each in lines)
        _check(listed_fen - discount_fen == total_fen, f"lines of {listed_fen} less {discount_fen}")


def occurred_at(body: str) -> datetime:
    return datetime.fromisoformat(json.loads(body)["occurred_at"])


def asked_fen(body: str) -> int | None:
    """What an order of any kind is about; None for a refund of lines, or of all that is left."""
    asked = json.loads(body)
    named = [asked[each] for each in ("total_fen", "paid_fen", "amount_fen") if each in asked]
    return named[0] if named else None


def total_fen(body: str) -> int:
    return int(json.loads(body)["total_fen"])
