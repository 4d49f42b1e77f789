"""wechatpy's client, kept on a short lead: our address, always a time-out, a shared stable token, one retry, no secret.

Imported only where WeChat is called: wechatpy and requests cost a cold start more than a hundred milliseconds.

What wechatpy 1.8.18 does that this undoes: it takes a new token for each container (which on the old API ends the other
containers' one), retries a refused token without bound, fetches tokens without a time-out, has its address written out
in several places, and lets requests' errors through, whose texts carry the AppSecret.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from chalicelib.adapters import line, log
from chalicelib.adapters.upstream import (
    Refused,
    Unknown,
    Unreachable,
    UpstreamError,
    undoubted,
)
from chalicelib.adapters.upstream_tokens import TokenStore
from chalicelib.adapters.wechat import codes

_log = log.logger("wechat")
_OK = 200


class Client(WeChatClient):  # type: ignore[misc] # untyped there
    """Answers dicts without an error code; raises what `adapters.upstream` has and nothing else."""

    def __init__(
        self,
        app_id: str,
        secret: Callable[[], str],
        base_url: str,
        tokens: TokenStore,
        timeout_s: float,
    ) -> None:
        super().__init__(app_id, "", session=tokens, timeout=timeout_s, auto_retry=False)
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        self._http.headers["Connection"] = "close"

    @property
    def access_token_key(self) -> str:
        return f"wechat/{self.appid}"

    @property
    def access_token(self) -> str:
        known: str | None = self.session.get(self.access_token_key)
        return known or self.fetch_access_token()

    def log_in(self, js_code: str) -> dict[str, Any]:
        """One request: the `None` keeps wechatpy from fetching a token that this API does not take."""
        params = {
            "appid": self.appid,
            "secret": self._secret(),
            "js_code": js_code,
            "grant_type": "authorization_code",
            "access_token": None,
        }
        return self._once("get", "/sns/jscode2session", params=params)

    def fetch_access_token(self, stale: str | None = None) -> str:
        """The token to use now, other than `stale` if anybody has another: first the other containers are asked.

        Nothing has been sent to anybody while a token is being fetched, so what is doubtful there is Unreachable here.
        """
        shared: str | None = self.session.shared(self.access_token_key) if stale else None
        if shared and shared != stale:
            return shared
        token, lives_s = self.ask_for_token()
        if token == stale:
            _log.error("wechat refuses a token and hands out the same one again")
        self.session.set(self.access_token_key, token, lives_s)
        return token

    def ask_for_token(self) -> tuple[str, int | None]:
        """The token that WeChat hands out just now, the same until its end is near; how long it lives, where told."""
        answer = undoubted(self._ask_for_token)
        token, lives_s = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise Unreachable("wechat", "no_token")
        return token, lives_s if isinstance(lives_s, int) else None

    def _ask_for_token(self) -> dict[str, Any]:
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self._secret(),
        }
        params = {"access_token": None}
        return self._once("post", "/cgi-bin/stable_token", params=params, data=body)

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Every call of wechatpy passes here. A refused token is replaced, once; nothing was taken until then."""
        params = kwargs.pop("params", None) or {}
        stale = self.access_token
        try:
            return self._once(
                method, url_or_endpoint, params={**params, "access_token": stale}, **kwargs
            )
        except Refused as refused:
            if refused.code not in codes.TOKEN_REFUSED:
                raise
        fresh = self.fetch_access_token(stale)
        return self._once(
            method, url_or_endpoint, params={**params, "access_token": fresh}, **kwargs
        )

    def _once(self, method: str, url_or_endpoint: str, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """One request on a line of its own: one kept open in a frozen container may be dead, and makes a doubtful send.

        Raised outside the `except`, so that no error carries the one that holds the URL.
        """
        if "data" in kwargs:
            kwargs["headers"] = {"Content-Type": "application/json"}
        kwargs["timeout"] = self.timeout
        kwargs["allow_redirects"] = False
        try:
            answer = super()._request(method, self._url(url_or_endpoint), **kwargs)
        except WeChatClientException as error:
            trouble = _meaning_of(error)
        except requests.RequestException as error:
            trouble = line.broken("wechat", error)
        except (TypeError, ValueError):
            trouble = Unknown("wechat", "no_sense")
        else:
            if isinstance(answer, dict):
                return answer
            trouble = _no_object(answer)
        finally:
            self._http.close()
        raise trouble

    def _url(self, url_or_endpoint: str) -> str:
        """Only the path is kept of what wechatpy writes out in places; `cgi-bin/` is its default."""
        parts = urlsplit(url_or_endpoint)
        if parts.netloc or parts.path.startswith("/"):
            return f"{self._base_url}{parts.path}"
        return f"{self._base_url}/cgi-bin/{parts.path}"


def _meaning_of(error: WeChatClientException) -> UpstreamError:
    if error.errcode is None:
        return line.by_status("wechat", error.response.status_code)
    return codes.meaning(error.errcode)


def _no_object(answer: object) -> UpstreamError:
    """What it means where wechatpy hands out the response itself, as its body is no JSON.

    HTTP 200 with a page may come from a gateway before a WeChat that took the request; a redirect was not followed.
    """
    status = getattr(answer, "status_code", _OK)
    return Unknown("wechat", "not_json") if status == _OK else line.by_status("wechat", status)
