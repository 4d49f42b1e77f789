"""The receipts that Tencent Cloud pushes (cloud.tencent.com/document/product/382/59178): up to 100 in one call."""

from typing import Literal

import msgspec

from chalicelib.adapters import sms_pushes
from chalicelib.adapters.sms import Report, beijing_time
from chalicelib.adapters.sms_pushes import Batch, Short


class Item(msgspec.Struct):
    """As far as it is read. `ext` is our reference, where their support has switched that on."""

    sid: Short
    report_status: Literal["SUCCESS", "FAIL"]
    errmsg: Short = ""
    user_receive_time: Short | None = None
    ext: Short | None = None

    def report(self) -> Report:
        return Report(
            serial_no=self.sid,
            delivered=self.report_status == "SUCCESS",
            carrier_code=self.errmsg,
            reported_at=beijing_time(self.user_receive_time),
            reference=self.ext or "",
        )


def read(body: bytes) -> Batch:
    return sms_pushes.read(body, Item)
