"""What tills need before their line is down: the keys with which they read off-line cards."""

import base64
import hashlib

import msgspec

from chalicelib.access.edge import Routes
from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call, unchanged
from chalicelib.ledger.built import ledger

routes = Routes(__name__)

_SHARED = {
    "Cache-Control": "public, max-age=3600",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}


class OfflineKey(msgspec.Struct):
    """`public_key` is a raw Ed25519 key of 32 bytes as base64url without padding; cards name it by `kid`."""

    kid: str
    public_key: str


class OfflineKeys(msgspec.Struct):
    items: list[OfflineKey]


@routes.declare("GET", "/v1/offline-keys", needs=PUBLIC, answers={200: OfflineKeys, 304: None})
def get_offline_keys(call: Call) -> Answer:
    """The keys that sign off-line cards. Keep them where they outlast a restart, and ask again every hour while the
    line is up: a till that never asked can read no card once it is down.
    """
    keys = ledger().members.offline_keys()
    text = msgspec.json.encode(
        OfflineKeys([OfflineKey(kid, _text(key)) for kid, key in keys.items()])
    ).decode()
    headers = {**_SHARED, "ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'}
    if unchanged(call, headers["ETag"]):
        return Answer("", 304, headers=headers)
    return Answer(text, headers=headers)


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()
