"""WeCom's group bot: one text to the staff's group, and what became of it.

Sources: 群机器人配置说明 (developer.work.weixin.qq.com/document/path/91770) for the form, the 2,048 bytes and the 20
messages a minute; 访问频率限制 and 错误码 (developer.work.weixin.qq.com/document/path/90455) for 45009 and -1; 40058,
44004 and 93000 as bots are seen to answer. The webhook's URL holds its key: neither is ever in an error or a log.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import msgspec

from chalicelib import config
from chalicelib.adapters import line, secrets
from chalicelib.adapters.upstream import RefusalClass, Refused, Unknown

MOST_BYTES = 2048
_OK = 200
_TIMEOUT_S = 4
_CUT = "…"
_BUSY = -1  # "try again later, at most three times": it does not say that nothing was taken
_KINDS: dict[int, RefusalClass] = {
    40008: "other",  # kind of message
    40058: "content",  # a parameter, such as a text that is too long
    44004: "content",  # empty
    45009: "frequency",  # 20 a minute
    93000: "account",  # no such webhook: the bot was removed, or its key renewed
}


class WeCom:
    """`webhook_url` gives `https://…/cgi-bin/webhook/send?key=…` as the group shows it."""

    def __init__(self, webhook_url: Callable[[], str], timeout_s: float) -> None:
        self._webhook_url = webhook_url
        self._timeout_s = timeout_s

    def say(self, text: str) -> None:
        """Returns when the group has it; what is longer than 2,048 bytes is cut.

        Raises Unreachable, Unknown (no answer, 5xx, no JSON, busy) or Refused.
        """
        webhook = _Webhook.parse(self._webhook_url())
        body = {"msgtype": "text", "text": {"content": cut(text, MOST_BYTES)}}
        headers = {"Content-Type": "application/json"}
        calling = line.Line("wecom", webhook.endpoint, self._timeout_s)
        _check(*calling.post(webhook.path, headers, msgspec.json.encode(body)))


def cut(text: str, most_bytes: int) -> str:
    """At most so many bytes of UTF-8, with an ellipsis where something is left out; no character is split."""
    whole = text.encode()
    if len(whole) <= most_bytes:
        return text
    kept = whole[: most_bytes - len(_CUT.encode())]
    return kept.decode(errors="ignore") + _CUT


@cache
def wecom() -> WeCom | None:
    """One for each container; None where no webhook is set, so that no real host is ever called by accident."""
    url_param = config.settings().wecom_webhook_url_param
    if not url_param:
        return None
    return WeCom(lambda: secrets.read(url_param), _TIMEOUT_S)


class _Webhook(NamedTuple):
    endpoint: str
    path: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises Refused for what is no such URL: urlsplit would quote parts of it, so the key."""
        with suppress(ValueError):
            parts = urlsplit(url.strip())
            if (
                parts.scheme in {"https", "http"}
                and parts.hostname
                and parse_qs(parts.query).get("key")
            ):
                return cls(f"{parts.scheme}://{parts.netloc}", f"{parts.path}?{parts.query}")
        raise Refused("wecom", "bad_webhook_url", "account")


class _Answer(msgspec.Struct):
    errcode: int


def _check(status: int, data: bytes) -> None:
    if status != _OK:
        raise line.by_status("wecom", status)
    try:
        errcode = msgspec.json.decode(data, type=_Answer).errcode
    except ValueError:
        raise Unknown("wecom", "not_json") from None
    if errcode == _BUSY:
        raise Unknown("wecom", str(errcode))
    if errcode:
        raise Refused("wecom", str(errcode), _KINDS.get(errcode, "other"))
