"""What Aliyun knows of a number's messages, and what that proves of a send whose answer was lost.

It lists a message from the moment that it took it, under our reference (`OutId`), and tells no BizId there. So one that
waits for its carrier was taken, and one that is not listed was not, as far as the list is up to date: it is asked for
again until the grace is over. A row without a reference is none of ours: we give one with each.
"""

from datetime import datetime, timedelta

import msgspec

from chalicelib.adapters.sms import BEIJING, Report, beijing_time

_OUTCOMES = {1: None, 2: False, 3: True}


class Row(msgspec.Struct, rename="pascal"):
    """A row of QuerySendDetails, as far as it is read."""

    send_status: int
    err_code: str | None = None
    receive_date: str | None = None
    out_id: str | None = None

    def report(self) -> Report:
        return Report(
            serial_no="",
            delivered=_OUTCOMES.get(self.send_status),
            carrier_code=self.err_code or "",
            reported_at=beijing_time(self.receive_date),
            reference=self.out_id or "",
        )


class _Rows(msgspec.Struct, rename={"rows": "SmsSendDetailDTO"}):
    rows: list[Row] = []


class Page(msgspec.Struct, rename={"details": "SmsSendDetailDTOs"}):
    """One page of an answer."""

    details: _Rows

    @property
    def rows(self) -> list[Row]:
        return self.details.rows


def days_in(since: datetime, until: datetime) -> list[str]:
    """The days of Beijing that the window touches, as `SendDate` has them, the last first."""
    first, last = since.astimezone(BEIJING).date(), until.astimezone(BEIJING).date()
    count = (last - first).days + 1
    return [f"{last - timedelta(days=back):%Y%m%d}" for back in range(count)]
