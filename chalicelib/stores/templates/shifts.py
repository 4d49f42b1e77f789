"""A closed shift as the store prints it, and as a table for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.access.model import Store
from chalicelib.kernel import clock, money, sheet, slip
from chalicelib.kernel.errors import Text
from chalicelib.kernel.slip import Cut, Head, Note, Part, Row
from chalicelib.ledger.model import words
from chalicelib.stores.model.shifts import Shift
from chalicelib.stores.model.shifts_report import Apart, Report, Way

WHY = {
    "offline": Text("离线补录（本班）", "Off line, in this shift"),
    "earlier": Text("离线补录（班前发生）", "Off line, before this shift"),
    "between": Text("无班次时段入账", "While no shift was open"),
    "overdue": Text("上一班漏计", "Not seen by the shift before"),
}
COLUMNS = (
    Text("班次号", "Number"),
    Text("班次", "Shift"),
    Text("终端", "Till"),
    Text("开班", "Opened"),
    Text("交班", "Closed"),
    Text("时区", "Zone"),
    Text("分组", "Part"),
    Text("项目", "Item"),
    Text("笔数", "Count"),
    Text("金额", "Amount"),
    Text("应有", "Expected"),
    Text("实点", "Counted"),
    Text("差额", "Difference"),
    Text("发生时间", "Occurred"),
    Text("入账时间", "Booked"),
)
FLOAT = Text("备用金", "Float")
WAY = Text("支付方式", "Way of payment")
KIND = Text("业务", "Kind")
_BLANK = sheet.Plain("")


def table(shift: Shift, report: Report, store: Store, *, english: bool) -> str:
    """Long form: each row repeats the shift that it is of, so that tables of many shifts can be put together."""
    said = 1 if english else 0
    about = (
        sheet.number(report.number),
        shift.name,
        shift.till_id,
        sheet.local(shift.opened_at, store.zone),
        sheet.local(report.closed_at, store.zone),
        sheet.Plain(store.zone),
    )
    rows = [[column[said] for column in COLUMNS]]
    rows += [[*about, *row] for row in _rows(shift, report, store, english=english)]
    return sheet.written(rows)


def _rows(shift: Shift, report: Report, store: Store, *, english: bool) -> Iterator[list[str]]:
    said = 1 if english else 0
    yield _row(FLOAT[said], words.method("cash", english=english), amount=shift.float_fen)
    for way in report.ways:
        yield _row(
            WAY[said],
            words.method(way.method, english=english),
            amount=way.taken_fen,
            expected=way.expected_fen,
            counted=way.counted_fen,
            difference=way.difference_fen,
        )
    for kind in report.kinds:
        name = words.kind(kind.kind, english=english)
        yield _row(KIND[said], name, count=kind.count, amount=kind.total_fen)
    for apart in report.apart:
        yield from _rows_apart(apart, store, english=english)


def _rows_apart(apart: Apart, store: Store, *, english: bool) -> Iterator[list[str]]:
    """How many, then their ways of payment, then the first of them one by one."""
    why = WHY[apart.why][1 if english else 0]
    yield _row(why, "", count=apart.count)
    for count in apart.ways:
        name = words.method(count.method, english=english)
        yield _row(why, name, amount=count.amount_fen)
    for entry in apart.entries:
        times = (entry.occurred_at, entry.booked_at)
        row = _row(why, entry.name, amount=entry.amount_fen)
        yield [*row[:-2], *(sheet.local(moment, store.zone) for moment in times)]


def _row(
    part: str,
    item: str,
    *,
    count: int | None = None,
    amount: int | None = None,
    expected: int | None = None,
    counted: int | None = None,
    difference: int | None = None,
) -> list[str]:
    amounts = [sheet.yuan(each) for each in (amount, expected, counted, difference)]
    return [part, item, sheet.number(count), *amounts, _BLANK, _BLANK]


class Printed:
    """One printing of a closed shift."""

    def __init__(self, shift: Shift, report: Report, store: Store, *, english: bool) -> None:
        self.shift = shift
        self.report = report
        self.store = store
        self.english = english

    def page(self, width: slip.Width) -> str:
        title = f"{self._in('交班单', 'Shift report')} {self.report.number}"
        parts = [*self._head(), *self._ways(), *self._kinds(), *self._apart(), *self._end()]
        return slip.page(width, self._in("zh-CN", "en"), title, parts)

    def _in(self, zh: str, en: str) -> str:
        return en if self.english else zh

    def _head(self) -> Iterator[Part]:
        yield Head(self.store.name)
        yield Note(self._in("交班单", "Shift report"), centred=True, bold=True)
        yield Row(self._in("班次号", "Number"), str(self.report.number), bold=True)
        yield Row(self._in("班次", "Shift"), self.shift.name)
        yield Row(self._in("终端", "Till"), self.shift.till_id[-8:])
        yield Row(self._in("开班", "Opened"), self._time(self.shift.opened_at))
        yield Row(self._in("交班", "Closed"), self._time(self.report.closed_at))
        yield Row(self._in("时区", "Time zone"), self.store.zone)
        if self.shift.opened_by:
            yield Row(self._in("开班人", "Opened by"), self.shift.opened_by)

    def _ways(self) -> Iterator[Part]:
        counted = [way for way in self.report.ways if _was_counted(way)]
        rest = [way for way in self.report.ways if not _was_counted(way) and way.taken_fen]
        for way in counted:
            yield Cut()
            yield Note(words.method(way.method, english=self.english), bold=True)
            if way.method == "cash":
                yield Row(self._in("备用金", "Float"), money.yuan(self.shift.float_fen))
                yield Row(self._in("本班收付", "Taken"), money.yuan(way.taken_fen))
            yield Row(self._in("应有", "Expected"), money.yuan(way.expected_fen))
            yield Row(self._in("实点", "Counted"), money.yuan(way.counted_fen or 0))
            yield Row(self._in("差额", "Difference"), _signed(way.difference_fen or 0), bold=True)
        if rest:
            yield Cut()
            yield Note(self._in("未清点", "Not counted"), bold=True)
        for way in rest:
            yield Row(words.method(way.method, english=self.english), money.yuan(way.taken_fen))

    def _kinds(self) -> Iterator[Part]:
        yield Cut()
        for kind in self.report.kinds:
            name = words.kind(kind.kind, english=self.english)
            yield Row(f"{name} × {kind.count}", money.yuan(kind.total_fen))
        if not self.report.kinds:
            yield Note(self._in("本班没有入账", "Nothing was booked"))

    def _apart(self) -> Iterator[Part]:
        for group in self.report.apart:
            yield Cut()
            yield from self._group(group)

    def _group(self, group: Apart) -> Iterator[Part]:
        said = WHY[group.why]
        yield Note(f"{self._in(said.zh, said.en)} × {group.count}", bold=True)
        if not group.in_drawer:
            yield Note(self._in("不计入本班应有", "Not part of what is expected above"))
        for count in group.ways:
            name = words.method(count.method, english=self.english)
            yield Row(name, money.yuan(count.amount_fen))
        for entry in group.entries:
            yield Row(entry.name, money.yuan(entry.amount_fen))
        if group.count > len(group.entries):
            more = group.count - len(group.entries)
            yield Note(self._in(f"另有 {more} 笔", f"and {more} more"))

    def _end(self) -> Iterator[Part]:
        yield Cut()
        if self.report.note:
            yield Note(self.report.note)
        yield Note(self._in("\n交班人\n\n接班人\n", "\nHanded over by\n\nTaken over by\n"))

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(clock.zone(self.store.zone)).strftime("%Y-%m-%d %H:%M")


def _was_counted(way: Way) -> bool:
    return way.counted_fen is not None


def _signed(amount_fen: int) -> str:
    return f"+{money.yuan(amount_fen)}" if amount_fen > 0 else money.yuan(amount_fen)
