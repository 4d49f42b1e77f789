"""What callers may call things, and how a name in a path is held to it."""

from typing import Annotated

import msgspec

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.words import ONE_LINE, STORE_ID

StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID, examples=["nanjing-road"])]
StaffNo = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,16}$(?!\n)", examples=["01"])]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]


def named(value: str, kind: object) -> str:
    """A name that a path carries, held to its pattern. Raises NotFound: nothing can be there."""
    try:
        checked: str = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise NotFound from error
    return checked
