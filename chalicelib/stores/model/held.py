"""Held records: sales that were made and that a person must decide on, and the three ways to settle one."""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.errors import Conflict, Refused, Text
from chalicelib.stores.model.replays import Signed

Way = Literal["charge", "write_off", "cancel"]
OF_THE_BALANCE = frozenset({
    "balance_too_low", "over_trust", "held", "clock_ahead", "device_revoked", "card_of_another",
    "card_malformed", "card_unknown_key", "card_bad_signature", "card_expired", "card_not_yet",
    "no_card", "discount_over_limit",
})  # fmt: skip


class SettledOtherwise(Conflict):
    """Somebody settled it another way; `way` is that one."""

    code = "settled_otherwise"
    title = Text("该笔已按其他方式处理", "It was settled another way")
    hint = Text("请重新读取这一笔，查看处理结果。", "Read it again to see how.")


class Withheld(Refused):
    """Kept under a name in the ledger, so that no late call succeeds beside what a person decides."""

    code = "held"
    title = Text("该笔待人工处理", "A person has to decide on this sale")
    hint = Text("请由店长在待处理队列中处理。", "A manager settles it in the queue of held sales.")


class Settlement(msgspec.Struct, frozen=True):
    """`spend_id` is None where nothing was posted; `done` once the ledger has it."""

    way: Way
    reason: str
    settled_by: str
    settled_at: datetime
    spend_id: str | None = None
    done: bool = False


class Held(msgspec.Struct, frozen=True):
    """`code` says why; `refusals` counts what the ledger refused of it; `payload` and `signature` are as they came.

    `till_id` is the till that handed it in: what it took in cash belongs into that one's shift.
    """

    held_id: str
    store_id: str
    device_id: str
    counter: int
    out_trade_no: str
    code: str
    occurred_at: datetime
    held_at: datetime
    payload: str
    signature: str
    member_id: str | None = None
    total_fen: int | None = None
    from_balance_fen: int | None = None
    till_id: str | None = None
    settlement: Settlement | None = None
    refusals: int = 0

    @property
    def name(self) -> str:
        """Under which it is posted, whichever way; another one after each refusal, which is kept under its name."""
        return f"held.{self.held_id}.{self.refusals}"

    @property
    def signed(self) -> Signed:
        return Signed(self.payload, self.signature)

    def posted(self, spend_id: str | None) -> "Held":
        """Settled in the way that was claimed."""
        if self.settlement is None:
            raise ValueError("nobody claimed it")
        return replace(self, settlement=replace(self.settlement, spend_id=spend_id, done=True))
