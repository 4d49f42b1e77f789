"""Text that people type."""

from typing import Annotated

import msgspec

# one line: nothing that ends it, moves a cursor or turns the reading direction
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$(?!\n)"

# what a caller calls the things that it makes, for us to find again: orders, taps, requests
CALLER_NAME = r"^[A-Za-z0-9_\-|*@.]{1,64}$(?!\n)"

STORE_ID = r"^[a-z0-9][a-z0-9-]{0,31}$(?!\n)"

# why somebody did what others will ask about
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]


def one_line(text: str) -> str:
    """What ends a line or cannot be shown becomes a blank, and blanks in a row are one."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
