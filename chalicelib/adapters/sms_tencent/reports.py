"""What carriers reported about a number's messages, and what that proves of a send whose answer was lost.

Our reference in a receipt is proof, but Tencent gives it back (`SessionContext`) only where its support has switched
that on. Else there is exclusion: the serial of every answered send is known, so one that is not is that of an
unanswered send to this phone. That is as sure as two things are: that nobody else sends through the same app, and that
a single send to this phone is unanswered in the window.

That a receipt is missing is no proof that nothing was taken: there is one only after the carrier has reported, seconds
later as a rule, up to 72 hours later where the phone is off, and sometimes never.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib.adapters.sms import Report


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
