"""What a till asks for when it sells, the same on line and in a journal; and which line it gives back."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.kernel.money import Fen, PositiveFen
from chalicelib.kernel.words import CALLER_NAME, ONE_LINE

OrderName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME, examples=["20261122-0001"])]
MemberId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$(?!\n)", examples=["01KAMRZ3N8V6Q4T2Y7X5W9D1BC"]
    ),
]
EntryId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9A-HJKMNP-TV-Z]{26}-[0-9]{1,12}$(?!\n)",
        examples=["01KAMRZ3N8V6Q4T2Y7X5W9D1BC-12"],
    ),
]
LotId = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}-[0-9]{1,12}\.[0-9]{1,4}$(?!\n)")
]
Note = Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)]
Tender = Literal["cash", "wechat_pay", "alipay", "card"]
Method = Literal[
    "balance", "cash", "wechat_pay", "alipay", "card", "count_card", "points", "coupon"
]
Count = Annotated[int, msgspec.Meta(ge=1, le=9999)]
LineNumber = Annotated[int, msgspec.Meta(ge=0, le=99)]


class PaymentRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A coupon and a count card are named by `lot_id`; what pays for one `line` only names it by its number from 0."""

    method: Method
    amount_fen: PositiveFen
    lot_id: LotId | None = None
    times: Count = 1
    line: LineNumber | None = None


class Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the order, kept as the till sent it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=ONE_LINE)]
    quantity: Count
    amount_fen: Fen
    sku: Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE)] | None = None


class LinePart(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A line by its number from 0; all that is left of it where no quantity is given."""

    line: LineNumber
    quantity: Count | None = None


class SpendRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The payments must add up to `total_fen`; with a discount the lines, less the discount, must too."""

    member_id: MemberId
    total_fen: PositiveFen
    payments: Annotated[list[PaymentRequest], msgspec.Meta(min_length=1, max_length=10)]
    lines: Annotated[list[Line], msgspec.Meta(max_length=100)] | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    note: Note | None = None
    discount_fen: Fen = 0


def fingerprint(body: msgspec.Struct) -> str:
    """The same for the same request, however it was spaced or ordered, and whatever fields came up since."""
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()
