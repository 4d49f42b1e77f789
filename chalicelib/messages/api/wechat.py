"""WeChat's message push: shown to be theirs, kept as it came, and answered at once; a stream reads it afterwards."""

from typing import Annotated

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes
from chalicelib.access.model import PUBLIC
from chalicelib.adapters import secrets
from chalicelib.adapters.http import Answer, Call
from chalicelib.adapters.wechat import signature
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Malformed, NotAllowed, NotFound, Text, TooLarge
from chalicelib.messages import raw

routes = Routes(__name__)
SOURCE = "wechat"
_TEXT = "text/plain; charset=utf-8"
_TAKEN = "success"  # anything else, or nothing within five seconds, and they try again, twice
Proof = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]
_PRINTABLE = "^[!-~]+$"


class BadSignature(NotAllowed):
    """Not WeChat's own, or not of these minutes."""

    code = "bad_signature"
    title = Text("签名不符或已过期", "The signature does not fit or is too old")
    hint = Text(
        "请核对消息推送的 Token 与加密方式，并校准时钟。",
        "Check the token and the mode of the message push, and the clock.",
    )


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What WeChat puts into the address; `msg_signature` comes with a body that is sealed."""

    signature: Proof
    timestamp: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,12}$")]
    nonce: Annotated[str, msgspec.Meta(pattern=_PRINTABLE, max_length=128)]
    msg_signature: Proof | None = None


class Probe(Signed, frozen=True, kw_only=True):
    echostr: Annotated[str, msgspec.Meta(pattern=_PRINTABLE, max_length=1024)]


@routes.declare(
    "GET",
    "/callbacks/wechat",
    needs=PUBLIC,
    asks=Probe,
    answers={200: str},
    raises=(BadSignature, NotFound),
    content_type=_TEXT,
)
def get_wechat_callback(_call: Call, query: Probe) -> Answer:
    """WeChat makes sure that the address is ours, once, when it is set up."""
    _check(query, query.signature)
    return Answer(query.echostr, content_type=_TEXT)


@routes.declare(
    "POST",
    "/callbacks/wechat",
    needs=PUBLIC,
    asks=Signed,
    answers={200: str},
    raises=(BadSignature, NotFound, Malformed, TooLarge),
    content_type=_TEXT,
)
def post_wechat_callback(call: Call, query: Signed) -> Answer:
    """Where an AES key is set up only what is sealed is taken; elsewhere only what is not."""
    body = call.raw_body()
    if config.settings().wechat_callback_aes_key_param:
        _check(query, query.msg_signature or "", signature.sealed_part(body))
    else:
        _check(query, query.signature)
    raw.keep(SOURCE, body, clock.now())
    return Answer(_TAKEN, content_type=_TEXT)


def _check(query: Signed, given: str, sealed: str | None = "") -> None:
    """Raises NotFound where no push is set up, else BadSignature, also where `sealed` is missing."""
    token_param = config.settings().wechat_callback_token_param
    if not token_param:
        raise NotFound
    if sealed is None or not signature.fresh(query.timestamp, clock.now()):
        raise BadSignature
    parts = (query.timestamp, query.nonce, sealed)
    if not signature.signed(given, secrets.read(token_param), *parts):
        raise BadSignature
