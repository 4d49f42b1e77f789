"""The receipts that Aliyun pushes (SmsReport, help.aliyun.com/document_detail/101867)."""

import msgspec

from chalicelib.adapters import sms_pushes
from chalicelib.adapters.sms import Report, beijing_time
from chalicelib.adapters.sms_pushes import Batch, Short


class Item(msgspec.Struct):
    """As far as it is read. `success` counts, not the word for it; `out_id` is our reference."""

    success: bool
    biz_id: Short = ""
    out_id: Short | None = None
    err_code: Short | None = None
    report_time: Short | None = None

    def report(self) -> Report:
        return Report(
            serial_no=self.biz_id,
            delivered=self.success,
            carrier_code=self.err_code or "",
            reported_at=beijing_time(self.report_time),
            reference=self.out_id or "",
        )


def read(body: bytes) -> Batch:
    return sms_pushes.read(body, Item)
