"""What is prepared for an incident before there is one."""

from datetime import datetime

import msgspec

from chalicelib.outages.model.asked import NewTemplate


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is chosen by operators; `content` is what they asked for, as it was when they did."""

    id: str
    content: NewTemplate
    updated_at: datetime
