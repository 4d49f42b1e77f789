"""What providers of short messages have in common: how their codes are read, and what they tell of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chalicelib.adapters.upstream import RefusalClass, Refused, Unknown, Unreachable, UpstreamError

Meaning = RefusalClass | Literal["unknown", "unreachable"]


@dataclass(frozen=True)
class Report:
    """What became of one message. `delivered` is None where the carrier has said neither.

    `serial_no` is the provider's, `carrier_code` the carrier's own word, `reference` what the send gave along; each is
    empty where the provider does not say it.
    """

    serial_no: str
    delivered: bool | None
    carrier_code: str
    reported_at: datetime | None
    reference: str = field(default="", repr=False)


def meaning(provider: str, code: str, meanings: Mapping[str, Meaning]) -> UpstreamError:
    """By exact name or by what the name begins with; the longest that fits counts.

    A code that nobody has listed is a no of an unknown class.
    """
    fitting = [name for name in meanings if code.startswith(name)]
    kind = meanings[max(fitting, key=len)] if fitting else "other"
    if kind == "unknown":
        return Unknown(provider, code)
    if kind == "unreachable":
        return Unreachable(provider, code)
    return Refused(provider, code, kind)
