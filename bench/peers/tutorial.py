"""The way a tutorial shows it: Chalice, a pynamodb model for each item, pydantic for what comes in and goes out.

Only the look-up, for the cold start. Its keys come from the environment, which spares it a request.
"""

import hashlib
import os

from chalice import Chalice, UnauthorizedError
from peers_common import Keys, digits, member_view
from pydantic import BaseModel
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute
from pynamodb.models import Model

app = Chalice(app_name="tutorial")
keys = Keys(os.environ.get("BENCH_KEYRING", '{"current": "v1", "keys": {"v1": ""}}'))
REGION = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
HOST = os.environ.get("AWS_ENDPOINT_URL")


class Key(Model):
    class Meta:
        table_name = os.environ.get("ACCESS_TABLE", "access")
        region = REGION
        host = HOST

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    store_id = UnicodeAttribute()


class Lock(Model):
    class Meta:
        table_name = os.environ.get("BOOK_TABLE", "book")
        region = REGION
        host = HOST

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    member_id = UnicodeAttribute()


class Now(Model):
    class Meta:
        table_name = os.environ.get("BOOK_TABLE", "book")
        region = REGION
        host = HOST

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    member_id = UnicodeAttribute()
    card_no = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    phone = BinaryAttribute(null=True, legacy_encoding=False)
    name = BinaryAttribute(null=True, legacy_encoding=False)
    email = BinaryAttribute(null=True, legacy_encoding=False)
    language = UnicodeAttribute(null=True)
    consents = UnicodeAttribute(null=True)
    holdings = UnicodeAttribute(null=True)
    months = UnicodeAttribute(null=True)


class Lookup(BaseModel):
    phone: str


class Card(BaseModel):
    member_id: str
    card_no: str
    phone: str | None
    name: str | None
    email: str | None
    tier: str
    tier_standing: dict[str, object]
    balance_fen: int
    principal_fen: int
    bonus_fen: int
    debt_fen: int
    points: int
    count_cards: list[dict[str, object]]
    coupons: list[dict[str, object]]
    expiring: list[dict[str, object]]
    card_lost: bool
    consents: dict[str, bool]
    language: str
    created_at: str


@app.route("/v1/members/lookup", methods=["POST"])
def lookup() -> dict[str, object]:
    request = app.current_request
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        Key.get(f"KEY#{hashlib.sha256(token.encode()).hexdigest()}", "KEY")
    except Key.DoesNotExist as error:
        raise UnauthorizedError from error
    asked = Lookup(**request.json_body)
    lock = Lock.get(f"PHONE#{keys.find_by('phone', digits(asked.phone))}", "LOCK")
    rows = Now.query(f"M#{lock.member_id}", Now.sk.startswith("NOW#"))
    items = [
        {name: value for name, value in row.attribute_values.items() if value is not None}
        for row in rows
    ]
    return {"items": [Card(**member_view(keys, items)).model_dump()], "hint": None}
