"""Faults on order: which endpoint misbehaves, for whom, how, and how often."""

import fnmatch
import itertools
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from infra.upstreams.phones import spellings
from infra.upstreams.wire import Reply

MAX_SILENCE_S = 30
ENDPOINTS = (
    "wechat.jscode2session",
    "wechat.stable_token",
    "wechat.token",
    "wechat.getuserphonenumber",
    "wechat.subscribe_send",
    "tencent.SendSms",
    "tencent.PullSmsSendStatus",
    "tencent.PullSmsSendStatusByPhoneNumber",
    "aliyun.SendSms",
    "aliyun.QuerySendDetails",
    "wecom.webhook_send",
    "smtp",
)
KINDS_OF = {
    "wechat": {"errcode", "token_expired"},
    "tencent": {"tencent_code", "carrier_fails", "carrier_silent"},
    "aliyun": {"aliyun_code", "carrier_fails", "carrier_silent"},
    "wecom": {"errcode"},
    "smtp": {"smtp_reply"},
}
HTTP_KINDS = {"http_error", "non_json"}
Kind = Literal[
    "errcode",
    "token_expired",
    "tencent_code",
    "aliyun_code",
    "carrier_fails",
    "carrier_silent",
    "smtp_reply",
    "http_error",
    "non_json",
    "hang_before",
    "accept_then_hang",
]
CODE_NEEDED = {"errcode", "tencent_code", "aliyun_code", "carrier_fails", "smtp_reply"}


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of `POST /_control/faults`.

    - `endpoint`: a name of ENDPOINTS; `*` stands for any letters (`wechat.*`, `tencent.Pull*`).
    - `match`: only for this openid, phone, WeChat code or mail address; left out: for everybody.
    - `times`: how often, 1 unless told, or `"always"`. The oldest fault that fits is used up first.
    - `kind`, with what else it reads:
      - `errcode` (WeChat, WeCom): answers `code`, a number. With `taken` the request takes effect first.
      - `token_expired` (WeChat): the token shown really ends, the answer is `code` (42001; 40001 and
        40014 too). For a token that stays current though it is refused, use `errcode`.
      - `tencent_code`: `code` such as `LimitExceeded.DeliveryFrequencyLimit`, per number; with
        `scope` `"request"` as `Response.Error`. With `taken` (scope request) it takes effect first.
      - `aliyun_code`: `code` such as `isv.AMOUNT_NOT_ENOUGH`, as the product says it, with HTTP 200; with
        `scope` `"request"` as the gateway does (`Throttling.User`), with HTTP 400, or 5xx where the code
        is of those. With `taken` it takes effect first.
      - `carrier_fails`: SendSms accepts, the carrier reports FAIL with `code` (such as `MK:0001`).
      - `carrier_silent`: SendSms accepts, no report ever comes.
      - `http_error`: HTTP `status` (502) with an HTML body; `non_json`: HTTP 200 with an HTML body.
        With `taken` the request takes effect first.
      - `hang_before`: not taken; no answer for `seconds` (30), then the line drops.
      - `accept_then_hang`: taken; no answer for `seconds`, then the line drops. 0 drops at once. On
        SMTP this is the drop after DATA.
      - `smtp_reply`: `code` such as 451 or 550, at `phase` `"rcpt"` or `"data"` (unless told).
    """

    endpoint: str
    kind: Kind
    match: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | Literal["always"] = 1
    code: int | str | None = None
    scope: Literal["number", "request"] = "number"
    taken: bool = False
    status: Annotated[int, msgspec.Meta(ge=300, le=599)] = 502
    seconds: Annotated[float, msgspec.Meta(ge=0, le=MAX_SILENCE_S)] = MAX_SILENCE_S
    phase: Literal["rcpt", "data"] = "data"
    id: str = ""
    used: int = 0

    def __post_init__(self) -> None:
        """Refuse what would never fire."""
        names = fnmatch.filter(ENDPOINTS, self.endpoint)
        if not names:
            raise ValueError(f"endpoint: none of {', '.join(ENDPOINTS)} fits")
        families = {name.partition(".")[0] for name in names}
        own = {kind for family in families for kind in KINDS_OF[family]}
        over_http = HTTP_KINDS if families - {"smtp"} else set()
        if self.kind not in own | over_http | {"hang_before", "accept_then_hang"}:
            raise ValueError(f"kind: {self.endpoint} has no {self.kind}")
        self._check_code()

    def _check_code(self) -> None:
        if self.code is None and self.kind in CODE_NEEDED:
            raise ValueError(f"code: {self.kind} needs one")
        if self.kind in {"errcode", "smtp_reply", "token_expired"} and isinstance(self.code, str):
            raise ValueError(f"code: {self.kind} needs a number")
        if self.kind in {"tencent_code", "aliyun_code", "carrier_fails"} and not isinstance(
            self.code, str
        ):
            raise ValueError(f"code: {self.kind} needs a word")


class FaultBook:
    """The faults ordered and not yet used up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def order(self, fault: Fault) -> Fault:
        fault.id = f"fault-{next(self._ids)}"
        fault.used = 0
        self._faults.append(fault)
        return fault

    def take(self, endpoint: str, subjects: set[str], phase: str = "data") -> Fault | None:
        """Find the oldest fault for this request and use it once."""
        for fault in self._faults:
            if not fnmatch.fnmatchcase(endpoint, fault.endpoint) or fault.phase != phase:
                continue
            if fault.match is None or fault.match in subjects:
                return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault:
        fault.used += 1
        if fault.times != "always" and fault.used >= fault.times:
            self._faults.remove(fault)
        return fault

    def listed(self) -> list[Fault]:
        return list(self._faults)

    def clear(self, fault_id: str = "") -> None:
        self._faults = [fault for fault in self._faults if fault_id and fault.id != fault_id]


def for_number(fault: Fault | None, number: str) -> Fault | None:
    """The fault where it is about this one of a request's numbers."""
    return fault if fault and (not fault.match or fault.match in spellings(number)) else None


def on_the_line(fault: Fault | None, answer: Callable[[], Reply]) -> Reply:
    """Answer through the faults that a line has; those of one provider are left to its endpoint."""
    if fault is None or fault.kind not in HTTP_KINDS | {"hang_before", "accept_then_hang"}:
        return answer()
    if fault.taken or fault.kind == "accept_then_hang":
        answer()
    if fault.kind in HTTP_KINDS:
        status = fault.status if fault.kind == "http_error" else 200
        page = f"<html><body><h1>{status}</h1></body></html>"
        return Reply(status, page.encode(), "text/html")
    return Reply(silence_s=fault.seconds)
