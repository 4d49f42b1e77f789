"""The links of letters: who holds one may confirm or leave, and nothing else; they carry no address."""

import hmac
from dataclasses import dataclass
from typing import Literal

from chalicelib.adapters.keyring import Keyring
from chalicelib.notices.model.subscribers import Asked, Channel, Subscriber

What = Literal["confirm", "leave"]
_ID_DIGITS = 32
_TOKEN_DIGITS = 32
_CODE_DIGITS = 6


def subscriber_id(keyring: Keyring, channel: Channel, address: str) -> str:
    """The same for the same address, for ever: it is hashed under the key that finds."""
    return _hashed(keyring, "subscriber", f"{channel}:{address}")[:_ID_DIGITS]


@dataclass(frozen=True)
class Links:
    """`base` is where the API is reached by those who read letters, without a slash at its end."""

    keyring: Keyring
    base: str

    def confirm(self, asked: Asked) -> str:
        return self._link("confirm", asked.subscriber_id, asked.nonce)

    def leave(self, subscriber_id: str) -> str:
        return self._link("leave", subscriber_id, "")

    def token(self, what: What, subscriber_id: str, nonce: str) -> str:
        mac = _hashed(self.keyring, f"subscriber-{what}", f"{subscriber_id}:{nonce}")
        return f"{subscriber_id}{mac[:_TOKEN_DIGITS]}"

    def code(self, asked: Asked | Subscriber) -> str:
        """Six digits for an address that has no links; made anew where they are needed, and kept nowhere."""
        mac = _hashed(self.keyring, "subscriber-code", f"{asked.subscriber_id}:{asked.nonce}")
        return f"{int(mac, 16) % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"

    def fits_code(self, code: str, asked: Asked | Subscriber) -> bool:
        return hmac.compare_digest(code.encode(), self.code(asked).encode())

    def holder(self, token: str) -> str:
        """Whose it says that it is."""
        return token[:_ID_DIGITS]

    def fits(self, token: str, what: What, nonce: str) -> bool:
        wanted = self.token(what, self.holder(token), nonce)
        return hmac.compare_digest(token.encode(), wanted.encode())

    def _link(self, what: What, subscriber_id: str, nonce: str) -> str:
        token = self.token(what, subscriber_id, nonce)
        return f"{self.base}/v1/subscriptions/{token}/{what}"


def _hashed(keyring: Keyring, field: str, value: str) -> str:
    return keyring.find_by(field, value).rpartition("#")[2]
