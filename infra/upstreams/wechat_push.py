"""A push as WeChat makes it: the event in JSON or XML, in the open or sealed for the app, and signed."""

import base64
import hashlib
import json
import os
import secrets
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from infra.upstreams.world import World

ACCOUNT = "gh_000000standin"
KEY_BYTES = 32
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Items = list[dict[str, str]]


class Ordered(msgspec.Struct, forbid_unknown_fields=True):
    """A push to be made. `kind` is an event's name, or `text` and the like, which `fields` then tell.

    What is off about it: `other_app` seals it for another, `forged` spoils the signature, `signed_s_ago` makes it old,
    `created_s_ago` its content, `copies` come beside the first, `after_s` later. `as_array` writes one item as several.
    """

    openid: Word
    kind: Word
    items: Items = []
    fields: dict[str, Any] = {}
    form: Literal["json", "xml"] = "json"
    safe: bool = True
    as_array: bool = False
    other_app: bool = False
    forged: bool = False
    signed_s_ago: float = 0
    created_s_ago: float = 0
    copies: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    after_s: float = 0


class Outgoing(NamedTuple):
    """One request to the app's own address."""

    query: dict[str, str]
    content_type: str
    body: bytes


def created(world: World, ordered: Ordered) -> dict[str, Any]:
    """The content, made once: a push that is tried again says the same."""
    about: dict[str, Any] = {"MsgType": ordered.kind, **ordered.fields}
    if not ordered.fields:
        lone = len(ordered.items) == 1 and not ordered.as_array
        listed = {"List": ordered.items[0] if lone else ordered.items} if ordered.items else {}
        about = {"MsgType": "event", "Event": ordered.kind, **listed}
    return {
        "ToUserName": ACCOUNT,
        "FromUserName": ordered.openid,
        "CreateTime": int(world.clock.wall() - ordered.created_s_ago),
        **about,
    }


def request(world: World, ordered: Ordered, content: dict[str, Any]) -> Outgoing:
    """One try; time, nonce and seal are new each time."""
    token = world.settings.wechat_push_token
    timestamp = str(int(world.clock.wall() - ordered.signed_s_ago))
    nonce = str(secrets.randbelow(2**31))
    query = {
        "signature": signature(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": ordered.openid,
    }
    if ordered.safe:
        app_id = "wx111111111another" if ordered.other_app else world.settings.wechat_app_id
        text = _written(content, ordered.form)
        sealed = seal(world.settings.wechat_push_aes_key, app_id, text)
        content = {"ToUserName": ACCOUNT, "Encrypt": sealed}
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(token, timestamp, nonce, sealed),
        }
    if ordered.forged:
        query |= {name: "0" * 40 for name in ("signature", "msg_signature") if name in query}
    kind = "application/json" if ordered.form == "json" else "text/xml"
    return Outgoing(query, kind, _written(content, ordered.form))


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def seal(aes_key: str, app_id: str, text: bytes) -> str:
    """AES-256-CBC over 16 random bytes, the length, the text and the app's id, padded to 32 (PKCS #7)."""
    key = base64.b64decode(aes_key + "=")
    plain = os.urandom(16) + len(text).to_bytes(4, "big") + text + app_id.encode()
    short = KEY_BYTES - len(plain) % KEY_BYTES
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([short]) * short)).decode()


def _written(content: dict[str, Any], form: str) -> bytes:
    if form == "json":
        return json.dumps(content, ensure_ascii=False).encode()
    if "List" in content:
        nested = "".join(word.capitalize() for word in str(content["Event"]).split("_"))
        content = {**content, nested: {"List": content["List"]}}
        del content["List"]
    return f"<xml>{_elements(content)}</xml>".encode()


def _elements(content: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_element(each)}</{name}>\n"
        for name, value in content.items()
        for each in (value if isinstance(value, list) else [value])
    )


def _element(value: Any) -> str:  # noqa: ANN401 - JSON values
    if isinstance(value, dict):
        return _elements(value)
    return str(value) if isinstance(value, int) else f"<![CDATA[{value}]]>"
