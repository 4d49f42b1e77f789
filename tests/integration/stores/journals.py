"""A till that sells off line: it signs a journal, and is registered with a store."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.members import offline_card
from chalicelib.members.offline_card import OfflineCard
from tests.client import Client
from tests.house import House

Record = dict[str, str]


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Pen:
    """Writes one device's journal; `again` of a record is the record itself."""

    device_id: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    counter: int = 0
    prev: str = "0" * 64

    @property
    def public_key(self) -> str:
        return unpadded(self.key.public_key().public_bytes_raw())

    def sell(
        self,
        member_id: str,
        fen: int,
        *,
        method: str = "cash",
        card: str | None = None,
        name: str | None = None,
        at: datetime | None = None,
        **body: Any,  # noqa: ANN401
    ) -> Record:
        moment = clock.text(at or clock.now())
        spend = {
            "member_id": member_id,
            "total_fen": fen,
            "payments": [{"method": method, "amount_fen": fen}],
            "occurred_at": moment,
            **body,
        }
        self.counter += 1
        name = name or f"{self.device_id}-{self.counter}"
        return self.sign({
            "device_id": self.device_id,
            "counter": self.counter,
            "prev": self.prev,
            "out_trade_no": name,
            "occurred_at": moment,
            "spend": spend,
            "card": card,
        })  # fmt: skip

    def sign(self, said: dict[str, Any]) -> Record:
        payload = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        self.prev = hashlib.sha256(payload.encode()).hexdigest()
        return {"payload": payload, "signature": unpadded(self.key.sign(payload.encode()))}


def registered(house: House, device_id: str, client: Client | None = None) -> Pen:
    pen = Pen(device_id)
    body = {"public_key": pen.public_key, "name": "till"}
    reply = (client or house.office).put(f"/v1/stores/s1/devices/{device_id}", body)
    assert reply.status == 201, reply.text
    return pen


def hand_in(till: Client, pen: Pen, records: list[Record]) -> dict[str, Any]:
    reply = till.post("/v1/stores/s1/replays", {"device_id": pen.device_id, "records": records})
    assert reply.status == 200, reply.text
    answer: dict[str, Any] = reply.json
    return answer


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["code"]) for each in answer["items"]]


def card_of(
    member_id: str,
    trust_fen: int,
    *,
    issued_at: datetime | None = None,
    card_no: str = "100000000008",
) -> str:
    keyring = secrets.keyring()
    issued_at = issued_at or clock.now() - timedelta(hours=1)
    card = OfflineCard(
        kid=keyring.current,
        member_id=member_id,
        card_no=card_no,
        tier="basic",
        trust_fen=trust_fen,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=7),
    )
    return offline_card.issue(card, lambda text: keyring.sign(offline_card.PURPOSE, text))


def balance_of(house: House, member_id: str) -> int:
    fen: int = house.till.get(f"/v1/members/{member_id}").json["balance_fen"]
    return fen
