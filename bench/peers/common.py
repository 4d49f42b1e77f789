"""What a peer needs whatever it is built with: keys, proofs, the rules of a spend, the shape of an answer.

Items go in and out as plain values, so that each peer brings its own way from and to DynamoDB. What is never measured
(joining, kept refusals, hints) is left out, to the peers' advantage.
"""

import base64
import hashlib
import hmac
import json
import random
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Item = dict[str, Any]
MOST_ATTEMPTS = 30
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REMEMBERED_S = 60


class Problem(Exception):
    """An answer that is not the one hoped for."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code

    def body(self, request_id: str) -> Item:
        return {"type": f"/docs#problem-{self.code}", "title": self.code, "status": self.status,
                "detail": self.code, "instance": request_id, "code": self.code}  # fmt: skip


class Keys:
    """The keyring: finding by hash, opening what is sealed."""

    def __init__(self, text: str) -> None:
        kept = json.loads(text)
        self._master = base64.b64decode(kept["keys"][kept["current"]])
        self._version = kept["current"]
        self._find = self._key("find")
        self._cipher = AESGCM(self._key("seal"))

    def _key(self, purpose: str) -> bytes:
        return hmac.digest(self._master, f"dengta/{purpose}".encode() + b"\x01", "sha256")

    def find_by(self, field: str, value: str) -> str:
        return f"{self._version}#{hmac.digest(self._find, f'{field}={value}'.encode(), 'sha256').hex()}"

    def open(self, blob: bytes, place: str) -> str:
        sealed = bytes(blob).partition(b":")[2]
        return self._cipher.decrypt(sealed[:12], sealed[12:], place.encode()).decode()


class Proofs:
    """Who holds a till's key, remembered for a minute. `read` gets one item of the access table."""

    def __init__(self, read: Callable[[str, str], Item | None]) -> None:
        self._read = read
        self._known: dict[str, tuple[float, Item]] = {}

    def store_of(self, authorization: str) -> Item:
        """The store of the till that calls. Raises Problem."""
        hashed = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        key = self._remembered(f"KEY#{hashed}", "KEY")
        if not key or "revoked_at" in key:
            raise Problem(401, "not_authenticated")
        return self._remembered("STORES", f"STORE#{key['store_id']}")

    def _remembered(self, pk: str, sk: str) -> Item:
        until, item = self._known.get(pk + sk, (0.0, {}))
        if until < time.monotonic():
            item = self._read(pk, sk) or {}
            self._known[pk + sk] = (time.monotonic() + _REMEMBERED_S, item)
        return item


def now() -> datetime:
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_id(member_id: str, seq: int, booked_at: str) -> str:
    digest = hashlib.sha256(f"{member_id}-{seq}".encode()).digest()[:10]
    at_ms = round(datetime.fromisoformat(booked_at).timestamp() * 1000)
    value = at_ms << 80 | int.from_bytes(digest, "big")
    return f"{member_id}-" + "".join(_ALPHABET[value >> at & 31] for at in range(125, -1, -5))


def digits(phone: str) -> str:
    bare = phone.replace(" ", "").replace("-", "").removeprefix("+86")
    if len(bare) != 11 or not bare.isdecimal():
        raise Problem(422, "not_a_phone")
    return bare


def member_view(keys: Keys, items: list[Item]) -> Item:
    """The masked card from all that is now in a member's partition. Raises Problem."""
    by_sort = {item["sk"]: item for item in items}
    profile, account = by_sort.get("NOW#PROFILE"), by_sort.get("NOW#ACCOUNT")
    if profile is None:
        raise Problem(404, "not_found")

    def opened(field: str) -> str | None:
        place = f"{profile['pk']}/NOW#PROFILE/{field}"
        return keys.open(profile[field], place) if field in profile else None

    phone, email = opened("phone"), opened("email")
    consents = json.loads(profile["consents"])
    return {
        "member_id": profile["member_id"], "card_no": profile["card_no"],
        "phone": f"{phone[:3]}****{phone[-4:]}" if phone else None, "name": opened("name"),
        "email": f"{email[:2]}***" if email else None, "tier": "standard",
        "balance_fen": int(account["balance_fen"]) if account else 0, "points": 0,
        "consents": {name: consent["given"] for name, consent in consents.items()},
        "language": profile["language"], "created_at": profile["created_at"],
    }  # fmt: skip


def entry_view(entry: Item) -> Item:
    member_id, seq = entry["member_id"], int(entry["seq"])
    return {
        "entry_id": f"{member_id}-{seq}", "kind": entry["kind"], "store_id": entry["store_id"],
        "store_name": entry["store_name"], "out_trade_no": entry["order_name"],
        "total_fen": int(entry["total_fen"]), "bonus_fen": int(entry["bonus_fen"]),
        "payments": json.loads(entry["payments"]), "balance_change_fen": int(entry["delta_fen"]),
        "balance_after_fen": int(entry["balance_after_fen"]),
        "message_id": message_id(member_id, seq, entry["booked_at"]),
        "occurred_at": entry["occurred_at"], "booked_at": entry["booked_at"],
        "business_date": entry["business_date"],
    }  # fmt: skip


def spend_view(order: Item) -> Item:
    view = entry_view(order)
    view["spend_id"] = view.pop("entry_id")
    del view["bonus_fen"]
    return {
        **view, "outcome": "taken", "member_id": order["member_id"], "points_earned": 0,
        "note": order.get("note"), "lines": json.loads(order.get("lines") or "null"),
    }  # fmt: skip


def account_of(items: list[Item], member_id: str) -> Item:
    """Raises Problem where there is no such member."""
    by_sort = {item["sk"]: item for item in items}
    if "NOW#PROFILE" not in by_sort:
        raise Problem(404, "not_found")
    return by_sort.get("NOW#ACCOUNT") or {"member_id": member_id, "balance_fen": 0, "seq": 0}


def spend_rows(
    account: Item, body: Mapping[str, Any], store: Item, name: str, by: str
) -> list[Item]:
    """Account, entry and order as they shall be. Raises Problem."""
    taken = sum(p["amount_fen"] for p in body["payments"] if p["method"] == "balance")
    if sum(p["amount_fen"] for p in body["payments"]) != body["total_fen"]:
        raise Problem(422, "invalid_request")
    if taken > account["balance_fen"]:
        raise Problem(409, "balance_too_low")
    booked, member_id, seq = now(), body["member_id"], int(account["seq"]) + 1
    local = booked.astimezone(ZoneInfo(store["zone"])) - timedelta(hours=int(store["day_cut_hour"]))
    balance_fen = int(account["balance_fen"]) - taken
    entry = {
        "member_id": member_id, "seq": seq, "kind": "spend", "delta_fen": -taken,
        "balance_after_fen": balance_fen, "total_fen": body["total_fen"], "bonus_fen": 0,
        "payments": json.dumps(body["payments"], separators=(",", ":")),
        "booked_at": text(booked), "occurred_at": body.get("occurred_at") or text(booked),
        "business_date": local.date().isoformat(), "store_id": store["store_id"],
        "store_name": store["name"], "order_name": name, "by": by,
    }  # fmt: skip
    order = entry | {
        "fingerprint": fingerprint(body), "list_key": f"DAY#{store['store_id']}#{entry['business_date']}",
        "list_sort": f"spend#{entry['booked_at']}#{name}",
        "pk": f"ORDER#{store['store_id']}#spend#{name}", "sk": "NAME",
    }  # fmt: skip
    order |= {"note": body["note"]} if body.get("note") else {}
    order |= {"lines": json.dumps(body["lines"])} if body.get("lines") else {}
    return [
        {"pk": f"M#{member_id}", "sk": "NOW#ACCOUNT", "member_id": member_id,
         "balance_fen": balance_fen, "seq": seq, "by": by},
        entry | {"pk": f"M#{member_id}", "sk": f"ENTRY#{seq:012d}"},
        order,
    ]  # fmt: skip


def transaction(
    table: str, account: Item, rows: list[Item], form: Callable[[Item], Item]
) -> list[dict[str, Any]]:
    """The three conditional puts; `form` turns plain values into what the client wants."""
    fresh = {"ConditionExpression": "attribute_not_exists(pk)"}
    still = fresh
    if account["seq"]:
        still = {
            "ConditionExpression": "seq = :seq AND attribute_not_exists(closed_into)",
            "ExpressionAttributeValues": form({":seq": int(account["seq"])}),
        }
    conditions = (still, fresh, fresh)
    return [
        {"Put": {"TableName": table, "Item": form(row),
                 "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **condition}}
        for row, condition in zip(rows, conditions, strict=True)
    ]  # fmt: skip


def fingerprint(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def after_refusal(
    response: Mapping[str, Any], account: Item, body: Mapping[str, Any], attempt: int,
    plain: Callable[[Item], Item],
) -> tuple[Item, Item | None]:  # fmt: skip
    """The account to try again with, or the order that had the name already. Raises Problem."""
    reasons = response["CancellationReasons"]
    codes = {reason["Code"] for reason in reasons}
    if "ConditionalCheckFailed" not in codes and codes - {"None", "TransactionConflict"}:
        raise Problem(503, "try_again")
    if reasons[2]["Code"] == "ConditionalCheckFailed":
        order = plain(reasons[2]["Item"])
        if order["fingerprint"] != fingerprint(body):
            raise Problem(409, "name_taken")
        return account, order
    if reasons[0]["Code"] == "ConditionalCheckFailed" and reasons[0].get("Item"):
        account = plain(reasons[0]["Item"])
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))
    return account, None


def message_row(entry: Item) -> Item:
    """The message that tells of an entry."""
    moment = now()
    made_id = message_id(entry["member_id"], int(entry["seq"]), entry["booked_at"])
    shard = zlib.crc32(made_id.encode()) % 4
    facts = {
        "kind": entry["kind"], "entry_id": f"{entry['member_id']}-{int(entry['seq'])}",
        "store_id": entry["store_id"], "store_name": entry["store_name"],
        "order_name": entry["order_name"], "amount_fen": int(entry["total_fen"]),
        "balance_after_fen": int(entry["balance_after_fen"]), "booked_at": entry["booked_at"],
        "bonus_fen": int(entry["bonus_fen"]),
    }  # fmt: skip
    return {
        "pk": f"M#{entry['member_id']}", "sk": f"MSG#{made_id.partition('-')[2]}",
        "message_id": made_id, "facts": json.dumps(facts, ensure_ascii=False),
        "created_at": text(moment), "updated_at": text(moment), "state": "queued", "version": 1,
        "attempts": "[]", "decisions": "[]", "due_key": f"DUE#{shard}",
        "due_at": text(moment + timedelta(minutes=2)),
    }  # fmt: skip
