"""Tencent Cloud SMS, API 2021-01-11: send one message, and read what the carriers said about a number's messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.adapters import line
from chalicelib.adapters.sms import Report
from chalicelib.adapters.sms_tencent import codes, tc3
from chalicelib.adapters.sms_tencent.reports import rows_in
from chalicelib.adapters.upstream import Unknown, undoubted
from chalicelib.kernel import clock as clocks

_VERSION = "2021-01-11"
_OK = 200
_MOST_ROWS = 100


@dataclass(frozen=True)
class Sent:
    """Accepted, not delivered: `serial_no` is what its receipt will name, `fee` the parts that are charged."""

    serial_no: str
    fee: int


class TencentSms:
    def __init__(
        self,
        *,
        endpoint: str,
        region: str,
        app_id: str,
        sign_name: str,
        secret_id: Callable[[], str],
        secret_key: Callable[[], str],
        timeout_s: float,
        clock: clocks.Clock = clocks.now,
    ) -> None:
        self._line = line.Line("tencent", endpoint, timeout_s)
        self._region = region
        self._app_id = app_id
        self._sign_name = sign_name
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._clock = clock

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> Sent:
        """`phone` as eleven digits, `params` in the template's order, `reference` under 512 bytes.

        Raises Unreachable, Unknown (no answer, 5xx, no JSON, a time-out among their own parts) or Refused. Not
        idempotent: what is Unknown is looked for with `find`, never simply sent again.
        """
        response = self._call(
            "SendSms",
            {
                "PhoneNumberSet": [_e164(phone)],
                "SmsSdkAppId": self._app_id,
                "SignName": self._sign_name,
                "TemplateId": template_id,
                "TemplateParamSet": list(params),
                "SessionContext": reference,
            },
        )
        try:
            (status,) = msgspec.convert(response["SendStatusSet"], list[_Status])
        except (KeyError, ValueError):
            raise Unknown("tencent", "no_status") from None
        if status.code != "Ok":
            raise codes.meaning(status.code)
        return Sent(status.serial_no, status.fee)

    def find(self, phone: str, since: datetime, until: datetime) -> list[Report]:
        """The receipts of this number in the window, at most 100 and 7 days back; see `reports` for what they prove.

        Raises Unreachable where no answer came (asking takes nothing, so nothing is doubtful) or Refused.
        """
        body = {
            "BeginTime": int(since.timestamp()),
            "EndTime": int(until.timestamp()),
            "Offset": 0,
            "Limit": _MOST_ROWS,
            "PhoneNumber": _e164(phone),
            "SmsSdkAppId": self._app_id,
        }
        return undoubted(lambda: self._reports(body))

    def _reports(self, body: dict[str, Any]) -> list[Report]:
        try:
            return rows_in(self._call("PullSmsSendStatusByPhoneNumber", body))
        except (KeyError, ValueError):
            raise Unknown("tencent", "no_rows") from None

    def _call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The content of `Response`."""
        payload = msgspec.json.encode(body)
        return _response_in(*self._line.post("/", self._headers(action, payload), payload))

    def _headers(self, action: str, payload: bytes) -> dict[str, str]:
        now = self._clock()
        host = self._line.host
        return {
            "Authorization": tc3.authorization(
                self._secret_id(),
                self._secret_key(),
                service="sms",
                host=host,
                at=now,
                body=payload,
            ),
            "Content-Type": tc3.CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Region": self._region,
            "X-TC-Timestamp": str(int(now.timestamp())),
            "X-TC-Version": _VERSION,
        }


class _Status(msgspec.Struct, rename="pascal"):
    code: str
    serial_no: str = ""
    fee: int = 0


class _Error(msgspec.Struct, rename="pascal"):
    code: str


def _response_in(status: int, data: bytes) -> dict[str, Any]:
    if status != _OK:
        raise line.by_status("tencent", status)
    try:
        response: dict[str, Any] = msgspec.json.decode(data, type=dict[str, dict[str, Any]])[
            "Response"
        ]
        error = msgspec.convert(response.get("Error"), _Error | None)
    except (KeyError, ValueError):
        raise Unknown("tencent", "not_json") from None
    if error is not None:
        raise codes.meaning(error.code)
    return response


def _e164(phone: str) -> str:
    return f"+86{phone}"
