"""Short messages through Aliyun."""

from chalicelib.adapters.sms import Report
from chalicelib.adapters.sms_aliyun.configured import (
    OF_CODE,
    OF_NOTICE,
    OF_OUTAGE,
    VARIABLES,
    aliyun_sms,
)
from chalicelib.adapters.sms_aliyun.sms import AliyunSms, Sent

__all__ = [
    "OF_CODE",
    "OF_NOTICE",
    "OF_OUTAGE",
    "VARIABLES",
    "AliyunSms",
    "Report",
    "Sent",
    "aliyun_sms",
]
