"""Tencent Cloud SMS, API 2021-01-11: send one message, and read what the carriers said about a number's messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import certifi
import msgspec
import urllib3

from chalicelib.adapters import line
from chalicelib.adapters.sms_tencent import codes, tc3
from chalicelib.adapters.sms_tencent.reports import Report, rows_in
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable, UpstreamError
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
    """Each call is on a line of its own: one kept open in a frozen container may be dead, and makes a doubtful send."""

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
        self._endpoint = endpoint.rstrip("/")
        self._region = region
        self._app_id = app_id
        self._sign_name = sign_name
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._timeout_s = timeout_s
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
        try:
            return rows_in(self._call("PullSmsSendStatusByPhoneNumber", body))
        except Refused:
            raise
        except UpstreamError as error:
            code = error.code
        except (KeyError, ValueError):
            code = "no_rows"
        raise Unreachable("tencent", code)

    def _call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The content of `Response`."""
        payload = msgspec.json.encode(body)
        try:
            answer = self._pool.request(
                "POST", f"{self._endpoint}/", body=payload, headers=self._headers(action, payload)
            )
        except urllib3.exceptions.HTTPError as error:
            kind = Unreachable if line.never_left(error) else Unknown
            raise kind("tencent", line.word_for(error)) from None
        finally:
            self._pool.clear()
        return _response_in(answer.status, answer.data)

    def _headers(self, action: str, payload: bytes) -> dict[str, str]:
        now = self._clock()
        host = urlsplit(self._endpoint).netloc
        return {
            "Authorization": tc3.authorization(
                self._secret_id(),
                self._secret_key(),
                service="sms",
                host=host,
                at=now,
                body=payload,
            ),
            "Connection": "close",
            "Content-Type": tc3.CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Region": self._region,
            "X-TC-Timestamp": str(int(now.timestamp())),
            "X-TC-Version": _VERSION,
        }

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=self._timeout_s, read=self._timeout_s),
            retries=False,
            ca_certs=certifi.where(),
        )


class _Status(msgspec.Struct, rename="pascal"):
    code: str
    serial_no: str = ""
    fee: int = 0


class _Error(msgspec.Struct, rename="pascal"):
    code: str


def _response_in(status: int, data: bytes) -> dict[str, Any]:
    if status != _OK:
        kind = Unreachable if line.took_nothing(status) else Unknown
        raise kind("tencent", f"http_{status}")
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
