"""Whether a push is WeChat's own, told without wechatpy: the callback has five seconds, a cold start included.

WeChat, message push (developers.weixin.qq.com, message-push): SHA-1 over the token and what it stands for, sorted and
joined. In plain mode that is the time and a nonce; in safe mode `msg_signature` covers the encrypted body as well.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

import msgspec

FRESH = timedelta(minutes=10)
_IN_XML = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")


class _Sealed(msgspec.Struct):
    encrypt: str = msgspec.field(name="Encrypt")


def signed(signature: str, token: str, *parts: str) -> bool:
    """Whether `signature` is that of `parts` under `token`, compared in constant time."""
    if not token:
        return False
    whole = "".join(sorted((token, *parts)))
    proof = hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()  # WeChat's choice
    return hmac.compare_digest(proof.encode(), signature.encode())


def fresh(timestamp: str, now: datetime) -> bool:
    """Not what somebody recorded a while ago. WeChat tries three times, five seconds apart."""
    return timestamp.isdecimal() and int(timestamp) >= (now - FRESH).timestamp()


def sealed_part(body: bytes) -> str | None:
    """The encrypted text that a push in safe mode carries, JSON or XML; None where there is not exactly one."""
    if body.lstrip().startswith(b"{"):
        try:
            return msgspec.json.decode(body, type=_Sealed).encrypt
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
    found = _IN_XML.findall(body)
    return found[0].decode() if len(found) == 1 else None
