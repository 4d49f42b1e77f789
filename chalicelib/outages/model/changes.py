"""What was last said of a component, and by whom: each change of a baseline is kept."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.outages.model.components import Status

Source = Literal["manual", "probe", "import", "system"]


class BaselineChange(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """From `at` on the component's baseline was `new`; `who` is an id, never a name."""

    id: str
    component_id: str
    old: Status
    new: Status
    at: datetime
    source: Source
    who: str
    reason: str = ""
