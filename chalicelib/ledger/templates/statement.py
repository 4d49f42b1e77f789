"""Entries as a table for a spreadsheet: a member's statement, a store's day. Columns are only ever added at the end."""

from collections.abc import Iterable

from chalicelib.kernel import sheet
from chalicelib.kernel.errors import Text
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import words

METHODS = (
    "cash", "wechat_pay", "alipay", "card", "balance", "points", "coupon", "count_card",
    "written_off",
)  # fmt: skip
COLUMNS = (
    Text("入账时间", "Booked"),
    Text("发生时间", "Occurred"),
    Text("时区", "Zone"),
    Text("营业日", "Business date"),
    Text("门店", "Store"),
    Text("类型", "Kind"),
    Text("单号", "Order"),
    Text("金额", "Amount"),
    *(words.METHODS[method] for method in METHODS),
    Text("余额变动", "Balance change"),
    Text("余额", "Balance after"),
    Text("积分变动", "Points change"),
    Text("积分", "Points after"),
    Text("流水号", "Entry"),
    Text("更正流水号", "Answers entry"),
)
STAFF_COLUMNS = (
    Text("会员", "Member"),
    Text("终端", "Till"),
    Text("离线补录", "Off line"),
    Text("原因", "Reason"),
)


def table(entries: Iterable[tuple[EntryPosted, str]], *, for_staff: bool, english: bool) -> str:
    """Each entry with the time zone of its store."""
    said = 1 if english else 0
    columns = (*COLUMNS, *STAFF_COLUMNS) if for_staff else COLUMNS
    rows = [[column[said] for column in columns]]
    for entry, zone in entries:
        row = _row(entry, zone, english=english)
        rows.append([*row, *_of_staff(entry)] if for_staff else row)
    return sheet.written(rows)


def _row(entry: EntryPosted, zone: str, *, english: bool) -> list[str]:
    sign = words.SIGNS.get(entry.kind, 0)
    paid = dict.fromkeys(METHODS, 0)
    for payment in entry.payments:
        if payment.method in paid:
            paid[payment.method] += sign * abs(payment.amount_fen)
    return [
        sheet.local(entry.booked_at, zone),
        sheet.local(entry.occurred_at, zone),
        sheet.Plain(zone),
        sheet.Plain(entry.business_date),
        entry.store_name,
        words.kind(entry.kind, english=english),
        entry.order_name,
        sheet.yuan(sign * abs(entry.total_fen) if sign else None),
        *(sheet.yuan(amount or None) for amount in paid.values()),
        sheet.yuan(entry.delta_fen),
        sheet.yuan(entry.balance_after_fen),
        sheet.number(entry.points_delta),
        sheet.number(entry.points_after),
        entry.entry_id,
        entry.corrects or "",
    ]


def _of_staff(entry: EntryPosted) -> list[str]:
    late = sheet.number(1 if entry.late else None)
    return [entry.member_id, entry.till_id or "", late, entry.reason or ""]
