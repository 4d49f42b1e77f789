"""Short messages through Tencent Cloud."""

from chalicelib.adapters.sms import Report
from chalicelib.adapters.sms_tencent.configured import tencent_sms
from chalicelib.adapters.sms_tencent.sms import Sent, TencentSms

__all__ = ["Report", "Sent", "TencentSms", "tencent_sms"]
