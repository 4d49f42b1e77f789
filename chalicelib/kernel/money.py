"""Money: integers of fen, bounded, and how people read them."""

from typing import Annotated

import msgspec

MOST_FEN = 100_000_000  # one million yuan in one go: above it somebody mistyped

Fen = Annotated[int, msgspec.Meta(ge=0, le=MOST_FEN, description="Amount in fen (1/100 yuan)")]
PositiveFen = Annotated[
    int,
    msgspec.Meta(
        ge=1, le=MOST_FEN, description="Amount in fen (1/100 yuan), above zero", examples=[1000]
    ),
]


def yuan(amount_fen: int) -> str:
    """`1234` → `12.34`, the way a receipt writes it, without a sign of currency."""
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{rest:02d}"
