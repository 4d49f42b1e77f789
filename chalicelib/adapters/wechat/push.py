"""What WeChat pushes, opened and read: plain or safe mode, JSON or XML, one item of a list or several.

Imported only by whoever reads what was stored, never on the callback's own path: wechatpy costs a tenth of a second.
Sources: the documents of message push and of subscribe messages, section "events"; that `List` is an object where it
holds one item, and that numbers come as text or not, are seen in the field.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError

import msgspec
import xmltodict
from msgspec import MsgspecError
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from chalicelib.adapters.wechat.signature import sealed_part

MOST_ITEMS = 100  # a popup asks for five at the most
MOST_BYTES = 64 * 1024  # the longest text that a member may write is two thousand
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
Fields = Mapping[str, Any]


class BadPush(Exception):
    """A push that says nothing to us; the text names why, and nothing of what it says."""


class Item(NamedTuple):
    """One template in a subscribe event. `status` is of popups and changes, the rest of a message sent."""

    template_id: str
    status: str = ""
    msg_id: str = ""
    error_code: str = ""


class Push(NamedTuple):
    """`kind` is the event's name or, of what a member wrote, `text`, `image` and the like; `fields` are all it says."""

    openid: str
    created_at: datetime
    kind: str
    items: tuple[Item, ...]
    fields: Fields

    @property
    def digest(self) -> str:
        """The same at each try, whatever it was sealed into; of two things that were said at once each its own."""
        return hashlib.sha256(msgspec.json.encode(self.fields, order="sorted")).hexdigest()


def read(body: bytes, app_id: str, aes_key: str) -> Push:
    """With an `aes_key` only what is sealed under it, for this app, is read. Raises BadPush."""
    if len(body) > MOST_BYTES:
        raise BadPush("too_long")
    return _push(_fields(_opened(body, app_id, aes_key) if aes_key else body))


def _opened(body: bytes, app_id: str, aes_key: str) -> bytes:
    sealed = sealed_part(body)
    if sealed is None:
        raise BadPush("not_sealed")
    try:
        opened: str = PrpCrypto(base64.b64decode(aes_key + "=")).decrypt(sealed, app_id)
    except InvalidAppIdException as error:
        raise BadPush("other_app") from error
    except Exception as error:  # wechatpy checks nothing: what does not fit breaks it somewhere
        raise BadPush("cannot_open") from error
    return opened.encode()


def _fields(text: bytes) -> Fields:
    """What both forms say, in the shape of the JSON one."""
    try:
        fields = _read_json(text) if text.lstrip().startswith(b"{") else _read_xml(text)
    except (ValueError, LookupError, ExpatError, MsgspecError, RecursionError) as error:
        raise BadPush("cannot_read") from error
    if not isinstance(fields, dict):
        raise BadPush("no_fields")
    return fields


def _read_json(text: bytes) -> object:
    """Msgspec lets no half of a surrogate pair through, which no key could hold."""
    return msgspec.json.decode(text)


def _read_xml(text: bytes) -> object:
    """Xmltodict takes no entities."""
    return (xmltodict.parse(text) or {}).get("xml")


def _push(fields: Fields) -> Push:
    openid, created = fields.get("FromUserName"), str(fields.get("CreateTime", ""))
    if not isinstance(openid, str) or not openid:
        raise BadPush("no_openid")
    if not created.isdecimal() or len(created) > len(str(int(_LATEST))):
        raise BadPush("no_time")
    kind = fields.get("Event") if fields.get("MsgType") == "event" else fields.get("MsgType")
    if not isinstance(kind, str) or not kind:
        raise BadPush("no_kind")
    items = tuple(map(_item, _list(fields)))
    if len(items) > MOST_ITEMS:
        raise BadPush("too_many")
    created_at = datetime.fromtimestamp(min(int(created), _LATEST), UTC)
    return Push(openid, created_at, kind, items, fields)


def _list(fields: Fields) -> list[Fields]:
    """JSON has `List` beside the rest, XML inside an element named after the event."""
    nested = [value for value in fields.values() if isinstance(value, dict) and "List" in value]
    found = fields["List"] if "List" in fields else nested[0]["List"] if nested else []
    several = found if isinstance(found, list) else [found]
    return [each for each in several if isinstance(each, dict)]


def _item(said: Fields) -> Item:
    def word(name: str) -> str:
        value = said.get(name)
        return "" if value is None else str(value)

    return Item(word("TemplateId"), word("SubscribeStatusString"), word("MsgID"), word("ErrorCode"))
