"""The calls that a mini program's backend makes to WeChat: who logs in, their phone, and a message to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from chalicelib.adapters.upstream import Unknown
from chalicelib.adapters.upstream_tokens import TokenStore
from chalicelib.adapters.wechat.values import check_values

if TYPE_CHECKING:
    from chalicelib.adapters.wechat.client import Client

Language = Literal["zh_CN", "en_US", "zh_HK", "zh_TW"]
State = Literal["developer", "trial", "formal"]

_CHINA = "86"


@dataclass(frozen=True)
class Login:
    """Who a log-in code stood for. The session key that came along is not kept: nothing here needs it."""

    openid: str = field(repr=False)
    unionid: str | None = field(repr=False, default=None)


class WeChat:
    """Each call raises Unreachable, Unknown or Refused; Unknown is what is doubtful (no answer, 5xx, busy).

    - `open_id`, `phone_number`: the code may be spent; let the mini program fetch a new one and ask again.
    - `send_subscribe`: the message may be on its way and the consent used up. WeChat has no look-up; only its sent
      event may tell, so such a message is not sent again here.
    """

    def __init__(
        self,
        app_id: str,
        secret: Callable[[], str],
        base_url: str,
        tokens: TokenStore,
        timeout_s: float,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._base_url = base_url
        self._tokens = tokens
        self._timeout_s = timeout_s

    def open_id(self, js_code: str) -> Login:
        """Trade `wx.login`'s code, once, for who it is: one request. Refused as `code` when it is wrong or spent."""
        answer = self._client.log_in(js_code)
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            raise Unknown("wechat", "no_openid")
        return Login(openid, answer.get("unionid") or None)

    def phone_number(self, code: str, openid: str) -> str:
        """Trade the phone button's code for the number: eleven digits, or `+…` for one from abroad.

        WeChat checks that the code is this member's. Refused as `code` when it is wrong, spent or another's.
        """
        body = {"code": code, "openid": openid}
        answer = self._client.post("/wxa/business/getuserphonenumber", data=body)
        info = answer.get("phone_info")
        number = info.get("purePhoneNumber") if isinstance(info, dict) else None
        if not isinstance(info, dict) or not number:
            raise Unknown("wechat", "no_phone")
        country = str(info.get("countryCode") or _CHINA)
        return str(number) if country == _CHINA else f"+{country}{number}"

    def send_subscribe(
        self,
        openid: str,
        template_id: str,
        values: Mapping[str, str],
        page: str | None,
        *,
        lang: Language = "zh_CN",
        state: State = "formal",
    ) -> str | None:
        """Send one subscribe message; `values` by template key. The message's id, where WeChat tells it.

        Refused as `quota` where the member has no consent left, whatever was counted here; as `template` without any
        request where a value cannot stand (see `check_values`).
        """
        check_values(values)
        body: dict[str, object] = {
            "touser": openid,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in values.items()},
            "miniprogram_state": state,
            "lang": lang,
        }
        if page:
            body["page"] = page
        answer = self._client.post("/cgi-bin/message/subscribe/send", data=body)
        if answer.get("errcode") != 0:
            raise Unknown("wechat", "no_errcode")
        msgid = answer.get("msgid")
        return None if msgid is None else str(msgid)

    def hands_out_a_token(self) -> None:
        """Whether WeChat knows us and answers: it hands out the token that it has handed out, and nothing is kept."""
        self._client.ask_for_token()

    @cached_property
    def _client(self) -> "Client":
        from chalicelib.adapters.wechat.client import Client  # noqa: PLC0415 - see there what it costs

        return Client(self._app_id, self._secret, self._base_url, self._tokens, self._timeout_s)
