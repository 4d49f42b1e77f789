"""A till's shift: opened with a float, closed with a count, then final; printed and exported."""

from typing import TYPE_CHECKING, Annotated

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, gate, stamp, store_of
from chalicelib.access.model import Caller
from chalicelib.adapters.http import Answer, Call, Paging, replayed
from chalicelib.kernel import clock, sheet, slip
from chalicelib.kernel.errors import (
    BadCursor,
    Conflict,
    InvalidRequest,
    NotFound,
    Text,
    TryAgain,
    invalid,
)
from chalicelib.kernel.money import Fen
from chalicelib.kernel.words import CALLER_NAME, ONE_LINE
from chalicelib.ledger.model.asked import fingerprint
from chalicelib.ledger.model.refusals import NameTaken
from chalicelib.stores import built
from chalicelib.stores.api.shifts_views import ShiftList, ShiftView, shift_view
from chalicelib.stores.model.shifts import Shift
from chalicelib.stores.model.shifts_report import (
    Count,
    Countable,
    NoTill,
    Report,
    ShiftClosed,
    ShiftOpen,
)

if TYPE_CHECKING:
    from chalicelib.stores.service.shifts import Done, Shifts

routes = Routes(__name__)

ShiftName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME, examples=["20261122-till1-am"])]
_CLOSING_PATH = "/v1/stores/{store_id}/shifts/{shift_name}/close"


class NotClosedYet(Conflict):
    """What is printed or exported is final; an open shift is not."""

    code = "shift_not_closed"
    title = Text("班次尚未关闭", "The shift is not closed yet")
    hint = Text("请先交班，再打印或导出。", "Close it, then print or export it.")


class OpenRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`float_fen` is the cash in the drawer at the beginning."""

    float_fen: Fen
    opened_by: Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE)] | None = None


class CountRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    method: Countable
    amount_fen: Fen


class CloseRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Cash must be counted; other ways may be, by the slips of their terminals."""

    counted: Annotated[list[CountRequest], msgspec.Meta(min_length=1, max_length=4)]
    note: Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)] | None = None


class Printing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Millimetres of paper."""

    width: slip.Width = 80


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/shifts/{shift_name}",
    needs="shift:write",
    takes=OpenRequest,
    answers={201: ShiftView, 200: ShiftView},
    raises=(InvalidRequest, NotFound, NoTill, ShiftOpen, NameTaken, TryAgain),
)
def put_shift(call: Call, store_id: str, shift_name: ShiftName, body: OpenRequest) -> Answer:
    """Open a shift of the calling till; the same again answers the same."""
    caller: Caller = call.caller
    store = store_of(call, store_id)
    if caller.till_id is None:
        raise NoTill
    asked = Shift(
        store_id=store_id,
        name=_named(shift_name),
        till_id=caller.till_id,
        float_fen=body.float_fen,
        opened_at=clock.now(),
        fingerprint=fingerprint(body),
        opened_by=body.opened_by,
        store_version=store.version,
    )
    return _answer(_desk().open(asked, stamp(call)))


@routes.declare(
    "PUT",
    _CLOSING_PATH,
    needs="shift:write",
    takes=CloseRequest,
    answers={201: ShiftView, 200: ShiftView},
    raises=(InvalidRequest, NotFound, ShiftClosed, TryAgain),
)
def put_shift_close(call: Call, store_id: str, shift_name: ShiftName, body: CloseRequest) -> Answer:
    """Close a shift with a count. It is final: the same count again answers the same, another one is refused."""
    from chalicelib.stores.service.shifts import Closing  # noqa: PLC0415 - not for who only sells

    closing = Closing(
        [Count(each.method, each.amount_fen) for each in body.counted],
        body.note,
        fingerprint(body),
    )
    store = store_of(call, store_id)
    return _answer(_desk().close(store, _named(shift_name), closing, stamp(call)))


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/shifts/{shift_name}",
    needs="shift:read",
    answers={200: ShiftView},
    raises=(InvalidRequest, NotFound),
)
def get_shift(_call: Call, store_id: str, shift_name: ShiftName) -> ShiftView:
    """A shift, open or closed; the figures are there once it is closed."""
    return shift_view(_desk().shift(store_id, _named(shift_name)))


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/shifts",
    needs="shift:read",
    asks=Paging,
    answers={200: ShiftList},
    raises=(BadCursor, NotFound),
)
def get_shifts(call: Call, store_id: str, query: Paging) -> ShiftList:
    """The closed shifts of a store, newest first; their numbers have no gap."""
    scope = paging.scope(call, f"shifts {store_of(call, store_id).store_id}")
    at = paging.opened(scope, query.cursor)
    shifts, below = _desk().closed(store_id, query.limit, int(at["below"]) if at else None)
    following = paging.sealed(scope, {"below": str(below)} if below else None)
    return ShiftList([shift_view(each) for each in shifts], following)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/shifts/{shift_name}/export",
    needs="shift:read",
    answers={200: str},
    raises=(InvalidRequest, NotFound, NotClosedYet),
    content_type=sheet.CONTENT_TYPE,
)
def get_shift_export(call: Call, store_id: str, shift_name: ShiftName) -> Answer:
    """A closed shift as CSV, for a spreadsheet."""
    shift, report = _closed(store_id, shift_name)
    from chalicelib.stores.templates import shifts as templates  # noqa: PLC0415

    text = templates.table(shift, report, gate().store(store_id), english=call.english)
    return Answer(
        text, content_type=sheet.CONTENT_TYPE, headers=sheet.headers(f"shift-{report.number}")
    )


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/shifts/{shift_name}/receipt",
    needs="shift:read",
    asks=Printing,
    answers={200: str},
    raises=(InvalidRequest, NotFound, NotClosedYet),
    content_type=slip.CONTENT_TYPE,
)
def get_shift_receipt(call: Call, store_id: str, shift_name: ShiftName, query: Printing) -> Answer:
    """A closed shift as a page for a thermal printer, 58 or 80 mm wide."""
    shift, report = _closed(store_id, shift_name)
    from chalicelib.stores.templates import shifts as templates  # noqa: PLC0415

    printed = templates.Printed(shift, report, gate().store(store_id), english=call.english)
    return Answer(printed.page(query.width), content_type=slip.CONTENT_TYPE, headers=slip.HEADERS)


def _desk() -> "Shifts":
    return built.shifts()


def _closed(store_id: str, shift_name: str) -> tuple[Shift, Report]:
    shift = _desk().shift(store_id, _named(shift_name))
    if shift.report is None:
        raise NotClosedYet
    return shift, shift.report


def _answer(done: "Done") -> Answer:
    headers = replayed(again=not done.first)
    return Answer(shift_view(done.shift), status=201 if done.first else 200, headers=headers)


def _named(text: str) -> str:
    """Raises InvalidRequest."""
    try:
        name: str = msgspec.convert(text, ShiftName)
    except msgspec.ValidationError as error:
        raise invalid(
            "",
            "班次名应为 1 到 64 位字母、数字或 _-|*@.",
            "a name is 1 to 64 letters, digits or _-|*@.",
        ) from error
    return name
