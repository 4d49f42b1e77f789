"""What carriers reported about a number's messages, and which of them may be a send whose answer was lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec


@dataclass(frozen=True)
class Report:
    """One receipt. `delivered` is None where the carrier said neither; `carrier_code` is its own word (`DELIVRD`).

    `reference` is what the send gave along; Tencent gives it back only where its support has switched that on.
    """

    serial_no: str
    delivered: bool | None
    carrier_code: str
    reported_at: datetime | None
    reference: str = field(default="", repr=False)


class Row(msgspec.Struct, rename="pascal"):
    """A row of PullSmsSendStatusByPhoneNumber, as far as it is read."""

    serial_no: str = ""
    report_status: str = ""
    description: str = ""
    user_receive_time: int | None = None
    session_context: str | None = None

    def report(self) -> Report:
        outcome = {"SUCCESS": True, "FAIL": False}.get(self.report_status)
        at_s = self.user_receive_time
        return Report(
            serial_no=self.serial_no,
            delivered=outcome,
            carrier_code=self.description,
            reported_at=datetime.fromtimestamp(at_s, UTC) if at_s else None,
            reference=self.session_context or "",
        )


def rows_in(response: Any) -> list[Report]:  # noqa: ANN401 - any JSON value
    """Raises msgspec.ValidationError."""
    rows = msgspec.convert(response["PullSmsSendStatusSet"], list[Row])
    return [row.report() for row in rows if row.serial_no]


def lost_send(
    reports: Sequence[Report], reference: str, known_serials: Collection[str]
) -> Report | None:
    """The receipt of a send whose answer never came, out of the reports of its phone and window; None: cannot say.

    Sure where the receipt carries our reference. Else likely, by exclusion: `known_serials` are those of all answered
    sends to this phone, so a single serial that is not among them is the unanswered one. Wrong where another system
    sends through the same app, or where two sends to this phone are unanswered and one of them has a receipt: the
    caller asks only while a single one is.

    None is no proof that nothing was taken: there is a receipt only after the carrier has reported, seconds later as a
    rule, up to 72 hours later where the phone is off, and sometimes never.
    """
    for report in reports:
        if report.reference == reference:
            return report
    strangers = {
        report.serial_no: report
        for report in reports
        if not report.reference and report.serial_no not in known_serials
    }
    return next(iter(strangers.values())) if len(strangers) == 1 else None
