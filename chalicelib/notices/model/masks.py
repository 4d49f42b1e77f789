"""Addresses as operators see them: enough to tell whose it is, too little to write there."""

from urllib.parse import urlsplit

from chalicelib.kernel import phone
from chalicelib.notices.model.subscribers import Channel

_SHOWN = 4


def masked(channel: Channel, address: str) -> str:
    match channel:
        case "email":
            name, _, host = address.rpartition("@")
            return f"{name[:1]}***@{host}"
        case "sms":
            return phone.masked(address)
        case "webhook":
            return f"{urlsplit(address).netloc.rpartition('@')[2]}/…"
    return f"…{address[-_SHOWN:]}"
