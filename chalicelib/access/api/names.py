"""What callers may call things."""

from typing import Annotated

import msgspec

from chalicelib.kernel.words import ONE_LINE, STORE_ID

StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID, examples=["nanjing-road"])]
StaffNo = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,16}$(?!\n)", examples=["01"])]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
