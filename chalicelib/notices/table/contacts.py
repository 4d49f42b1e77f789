"""Addresses as they lie in the table: sealed under the place where they lie."""

import msgspec

from chalicelib.adapters import secrets
from chalicelib.adapters.tables import Image
from chalicelib.notices.model.subscribers import Contact


def sealed(contact: Contact, pk: str, sk: str) -> bytes:
    return secrets.keyring().seal(as_json(contact), f"subscribers/{pk}/{sk}/contact")


def opened(image: Image) -> Contact:
    place = f"subscribers/{image['pk']['S']}/{image['sk']['S']}/contact"
    text = secrets.keyring().open(image["contact"]["B"], place)
    return msgspec.json.decode(text, type=Contact)


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
