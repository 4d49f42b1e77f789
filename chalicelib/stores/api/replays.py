"""Replays: a till hands in what it sold off line."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp, store_of
from chalicelib.access.model import Caller, LimitExceeded, hold_to
from chalicelib.adapters.http import Call
from chalicelib.kernel.errors import InvalidRequest, NotFound, TryAgain
from chalicelib.stores.api.devices import JournalView, journal_view
from chalicelib.stores.built import replays
from chalicelib.stores.model.devices import DeviceId
from chalicelib.stores.model.replays import Result, Signed
from chalicelib.stores.model.replays_words import why

routes = Routes(__name__)


class RecordRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`payload` is the record's exact text, `signature` Ed25519 over its UTF-8 bytes, base64url without padding."""

    payload: str
    signature: str


class ReplayRequest(msgspec.Struct, forbid_unknown_fields=True):
    """One device's records, in any order; up to 200, and 256 KB in all."""

    device_id: DeviceId
    records: Annotated[list[RecordRequest], msgspec.Meta(min_length=1, max_length=200)]


class RecordView(msgspec.Struct):
    """What came of the record at `index`. `retry`: nothing is known, send it again; all else is final.

    `taken` and `replayed` were posted, now or before; `held` waits for a person; `refused` is not authentic, or another
    record or sale has its counter or its name. `debt_fen` is what the member owes of it. What a person has settled is
    still `held`; sent again, its `code` says how: `settled_charge`, `settled_write_off` or `settled_cancel`, and
    `spend_id` what was posted.
    """

    index: int
    counter: int | None
    out_trade_no: str | None
    outcome: Literal["taken", "replayed", "held", "refused", "retry"]
    code: str | None
    detail: str | None
    spend_id: str | None
    balance_after_fen: int | None
    debt_fen: int | None
    held_id: str | None


class ReplayAnswer(msgspec.Struct):
    items: list[RecordView]
    journal: JournalView


@routes.declare(
    "POST",
    "/v1/stores/{store_id}/replays",
    needs="offline:sell",
    takes=ReplayRequest,
    answers={200: ReplayAnswer},
    raises=(InvalidRequest, NotFound, TryAgain, LimitExceeded),
)
def post_replays(call: Call, store_id: str, body: ReplayRequest) -> ReplayAnswer:
    """Take records of an off-line journal, each exactly once, in any order and any number of times."""
    caller: Caller = call.caller
    hold_to(caller, sells_offline=True)
    done = replays().replay(
        store_of(call, store_id),
        body.device_id,
        [Signed(each.payload, each.signature) for each in body.records],
        till_id=caller.till_id,
        by=stamp(call),
        most_percent=caller.limits.discount_percent if caller.may("discount:give") else 0,
    )
    items = [_view(index, result, call) for index, result in enumerate(done.results)]
    return ReplayAnswer(items, journal_view(done.journal))


def _view(index: int, result: Result, call: Call) -> RecordView:
    record, trace, said = result.record, result.trace, why(result.code)
    return RecordView(
        index=index,
        counter=record.counter if record else None,
        out_trade_no=record.out_trade_no if record else None,
        outcome=result.outcome,
        code=result.code,
        detail=(said.en if call.english else said.zh) if said else None,
        spend_id=trace.spend_id if trace else None,
        balance_after_fen=trace.balance_after_fen if trace else None,
        debt_fen=trace.debt_fen if trace else None,
        held_id=trace.held_id if trace else None,
    )
