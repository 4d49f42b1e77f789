"""Aliyun SMS, API 2017-05-25: send one message, and read what became of a number's messages."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.adapters import line
from chalicelib.adapters.sms import Report
from chalicelib.adapters.sms_aliyun import acs3, codes
from chalicelib.adapters.sms_aliyun.reports import Page, Row, days_in
from chalicelib.adapters.upstream import Unknown, Unreachable, undoubted
from chalicelib.kernel import clock as clocks

_VERSION = "2017-05-25"
_OK = 200
_SERVER_ERROR = 500
_ROWS = 50
_MOST_PAGES = 4


def new_nonce() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Sent:
    """Accepted, not delivered: `serial_no` is their BizId, which its receipt will name."""

    serial_no: str


class AliyunSms:
    """`variables` are the names that the templates give to the values, in the order in which `send` gets them.

    `others` are those of templates with names of their own.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        sign_name: str,
        variables: Sequence[str],
        key_id: Callable[[], str],
        key_secret: Callable[[], str],
        timeout_s: float,
        others: Mapping[str, Sequence[str]] | None = None,
        clock: clocks.Clock = clocks.now,
        nonce: Callable[[], str] = new_nonce,
    ) -> None:
        self._line = line.Line("aliyun", endpoint, timeout_s)
        self._sign_name = sign_name
        self._variables = variables
        self._others = others or {}
        self._key_id = key_id
        self._key_secret = key_secret
        self._clock = clock
        self._nonce = nonce

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> Sent:
        """`phone` as eleven digits, `params` in the order of its variables, `reference` of at most 256 bytes.

        One number a call, as there is one answer for all. Raises Unreachable, Unknown (no answer, 5xx, no JSON, a fault
        among their own parts) or Refused. Not idempotent: what is Unknown is looked for with `find`, never simply
        sent again.
        """
        variables = self._others.get(template_id, self._variables)
        named = dict(zip(variables, params, strict=True))
        query = {
            "PhoneNumbers": phone,
            "SignName": self._sign_name,
            "TemplateCode": template_id,
            "TemplateParam": msgspec.json.encode(named).decode(),
            "OutId": reference,
        }
        biz_id = self._call("SendSms", query).get("BizId")
        if not isinstance(biz_id, str) or not biz_id:
            raise Unknown("aliyun", "no_biz_id")
        return Sent(biz_id)

    def find(self, phone: str, since: datetime, until: datetime) -> list[Report]:
        """Our messages to this number on the days of the window, 30 days back; see `reports` for what they prove.

        Raises Unreachable where no answer came (asking takes nothing, so nothing is doubtful), or where there are more
        than are read, or Refused.
        """
        rows = undoubted(lambda: self._rows_between(phone, since, until))
        return [row.report() for row in rows if row.out_id]

    def _rows_between(self, phone: str, since: datetime, until: datetime) -> list[Row]:
        try:
            return [row for day in days_in(since, until) for row in self._rows(phone, day)]
        except ValueError:
            raise Unknown("aliyun", "no_rows") from None

    def _rows(self, phone: str, day: str) -> Iterator[Row]:
        query = {"PhoneNumber": phone, "SendDate": day, "PageSize": str(_ROWS)}
        for page in range(1, _MOST_PAGES + 1):
            answer = self._call("QuerySendDetails", {**query, "CurrentPage": str(page)})
            rows = msgspec.convert(answer, Page).rows
            yield from rows
            if len(rows) < _ROWS:
                return
        raise Unreachable("aliyun", "too_many_rows")

    def _call(self, action: str, query: dict[str, str]) -> dict[str, Any]:
        headers = acs3.headers(
            self._key_id(),
            self._key_secret(),
            action=action,
            version=_VERSION,
            host=self._line.host,
            query=query,
            at=self._clock(),
            nonce=self._nonce(),
        )
        return _content(*self._line.post(f"/?{acs3.query_string(query)}", headers))


class _Said(msgspec.Struct, rename="pascal"):
    code: str


def _content(status: int, data: bytes) -> dict[str, Any]:
    """The answer of a call that was done. The gateway says no with 4xx, the product with 200; both name a code."""
    try:
        content = msgspec.json.decode(data, type=dict[str, Any])
        code = msgspec.convert(content, _Said).code
    except ValueError:
        if status == _OK:
            raise Unknown("aliyun", "not_json") from None
        raise line.by_status("aliyun", status) from None
    if code == "OK" and status == _OK:
        return content
    if status >= _SERVER_ERROR:
        raise Unknown("aliyun", code)
    raise codes.meaning(code)
