"""Where SMS providers push their receipts: kept as they came and answered at once; a stream reads them afterwards."""

import hmac
from typing import Literal

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes
from chalicelib.access.model import PUBLIC
from chalicelib.adapters import secrets
from chalicelib.adapters.http import Call, named
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Malformed, NotFound, TooLarge
from chalicelib.messages import raw

routes = Routes(__name__)
_PATH = "/callbacks/sms/{provider}/{secret}"
Provider = Literal["tencent", "aliyun"]


class Taken(msgspec.Struct, omit_defaults=True):
    """In the words of each: Tencent reads `result`, Aliyun `code`. Anything else, and they push again."""

    result: int | None = None
    errmsg: str | None = None
    code: int | None = None
    msg: str | None = None


_OK = {"tencent": Taken(result=0, errmsg="OK"), "aliyun": Taken(code=0, msg="ok")}


@routes.declare("GET", _PATH, needs=PUBLIC, answers={200: Taken}, raises=(NotFound,))
def get_sms_callback(_call: Call, provider: str, secret: str) -> Taken:
    """Aliyun makes sure that somebody is there, within 700 ms."""
    return _OK[_admitted(provider, secret)]


@routes.declare(
    "POST", _PATH, needs=PUBLIC, answers={200: Taken}, raises=(NotFound, Malformed, TooLarge)
)
def post_sms_callback(call: Call, provider: str, secret: str) -> Taken:
    """Receipts as the provider pushes them; the same again is kept once."""
    source = _admitted(provider, secret)
    raw.keep(source, call.raw_body(), clock.now())
    return _OK[source]


def _admitted(provider: str, secret: str) -> str:
    """Neither provider signs what it pushes: the address is the secret. Raises NotFound, as if nothing were there."""
    parameter = config.settings().sms_callback_secret_param
    if not parameter:
        raise NotFound
    known = named(provider, Provider)
    if not hmac.compare_digest(secret.encode(), secrets.read(parameter).encode()):
        raise NotFound
    return known
