"""What a peer needs whatever it is built with: keys, proofs, the rules of a spend, the shape of an answer.

Items go in and out as plain values, so that each peer brings its own way from and to DynamoDB. What is never measured
(joining, kept refusals, hints, the chain's rules, lots that have expired) is left out, to the peers' advantage.
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
        return {**self._remembered("STORES", f"STORE#{key['store_id']}"), "till_id": key["key_id"]}

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
    holdings = json.loads(account["holdings"]) if account else []
    months = json.loads(account["months"]) if account else {}
    return {
        "member_id": profile["member_id"], "card_no": profile["card_no"],
        "phone": f"{phone[:3]}****{phone[-4:]}" if phone else None, "name": opened("name"),
        "email": f"{email[:2]}***" if email else None, "tier": "standard",
        "tier_standing": {"title": None, "until": None, "next": None, "missing": 0,
                          "so_far": sum(month["spent_fen"] for month in months.values())},
        "balance_fen": total(holdings, "principal", "bonus", "debt"),
        "principal_fen": total(holdings, "principal"), "bonus_fen": total(holdings, "bonus"),
        "debt_fen": -total(holdings, "debt"), "points": total(holdings, "points", "points_debt"),
        "count_cards": [], "coupons": [], "card_lost": bool(account and "lost" in account),
        "expiring": sorted(
            ({"kind": "balance", "amount": one["left"], "expires_at": one["lot"]["expires_at"]}
             for one in holdings if "expires_at" in one["lot"]),
            key=lambda ending: ending["expires_at"],
        ),
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
        "points_change": int(entry["points_delta"]), "points_after": int(entry["points_after"]),
        "corrects": entry.get("corrects"),
        "message_id": message_id(member_id, seq, entry["booked_at"]),
        "occurred_at": entry["occurred_at"], "booked_at": entry["booked_at"],
        "business_date": entry["business_date"],
    }  # fmt: skip


def spend_view(order: Item) -> Item:
    view = entry_view(order)
    view["spend_id"] = view.pop("entry_id")
    del view["bonus_fen"], view["points_change"], view["corrects"]
    return {
        **view, "outcome": "taken", "member_id": order["member_id"], "discount_fen": 0,
        "refunded_fen": 0, "points_earned": int(order["points_earned"]),
        "note": order.get("note"), "lines": json.loads(order.get("lines") or "null"),
    }  # fmt: skip


def refund_view(order: Item) -> Item:
    view = entry_view(order)
    view["refund_id"], view["refunded_fen"] = view.pop("entry_id"), view.pop("total_fen")
    view["out_refund_no"] = view.pop("out_trade_no")
    del view["bonus_fen"], view["occurred_at"]
    return {**view, "outcome": "taken", "member_id": order["member_id"], "reason": order["reason"]}


def account_of(items: list[Item], member_id: str) -> Item:
    """Raises Problem where there is no such member."""
    by_sort = {item["sk"]: item for item in items}
    if "NOW#PROFILE" not in by_sort:
        raise Problem(404, "not_found")
    empty = {"member_id": member_id, "seq": 0, "holdings": "[]", "months": "{}", "top_ups": 0}
    return by_sort.get("NOW#ACCOUNT") or empty


def total(holdings: list[Item], *kinds: str) -> int:
    return sum(one["left"] for one in holdings if one["lot"]["kind"] in kinds)


def drawn(holdings: list[Item], amount_fen: int) -> list[Item]:
    """From what ends soonest, then from what is oldest. Raises Problem."""
    moves = []
    for one in sorted(holdings, key=lambda one: one["lot"].get("expires_at", "~")):
        part = min(one["left"], amount_fen)
        if one["lot"]["kind"] in {"principal", "bonus"} and part > 0:
            moves.append({"lot": one["lot"], "amount": -part})
            amount_fen -= part
    if amount_fen:
        raise Problem(409, "balance_too_low")
    return moves


def moved(holdings: list[Item], moves: list[Item]) -> list[Item]:
    left = {one["lot"]["lot_id"]: one for one in holdings}
    for move in moves:
        was = left.get(move["lot"]["lot_id"], {"left": 0})
        left[move["lot"]["lot_id"]] = {"lot": move["lot"], "left": was["left"] + move["amount"]}
    return [one for one in left.values() if one["left"]]


def shares(amount: int, weights: list[int]) -> list[int]:
    """Split by the largest remainder."""
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(amount * weights[at] % whole))
    for at in by_remainder[: amount - sum(parts)]:
        parts[at] += 1
    return parts


def spend_rows(
    account: Item, body: Mapping[str, Any], store: Item, name: str, by: str
) -> list[Item]:
    """Account, entry and order as they shall be. Raises Problem."""
    taken = sum(p["amount_fen"] for p in body["payments"] if p["method"] == "balance")
    if sum(p["amount_fen"] for p in body["payments"]) != body["total_fen"]:
        raise Problem(422, "invalid_request")
    moves = drawn(json.loads(account["holdings"]), taken)
    more = {name: body[name] for name in ("note", "occurred_at", "late") if body.get(name)}
    more |= {"lines": _json(body["lines"])} if body.get("lines") else {}
    said = ("spend", name, body["total_fen"], body["payments"])
    return _rows(account, moves, store, said, body, by, more)


def refund_rows(  # noqa: PLR0917
    account: Item, sold: Item, body: Mapping[str, Any], store: Item, name: str, by: str
) -> list[Item]:
    """The same of a sum that is given back, and the sale with what it has given back by now. Raises Problem."""
    paid, out = json.loads(sold["payments"]), json.loads(sold["moves"])
    so_far = {
        "cells": [[0] for _ in paid],
        "units": [],
        "moves": [0 for _ in out],
        "points_taken": 0,
    }
    so_far = json.loads(sold["refunded"]) if "refunded" in sold else so_far
    left = [each["amount_fen"] - done for each, (done,) in zip(paid, so_far["cells"], strict=True)]
    if body["amount_fen"] > sum(left):
        raise Problem(409, "refund_too_high")
    back = shares(body["amount_fen"], left)
    money = sum(b for b, each in zip(back, paid, strict=True) if each["method"] == "balance")
    lots = [-move["amount"] - done for move, done in zip(out, so_far["moves"], strict=True)]
    given = shares(money, lots) if money else [0 for _ in out]
    moves = [{**move, "amount": fen} for move, fen in zip(out, given, strict=True) if fen]
    so_far["cells"] = [[b + done] for b, (done,) in zip(back, so_far["cells"], strict=True)]
    so_far["moves"] = [fen + done for fen, done in zip(given, so_far["moves"], strict=True)]
    payments = [{**each, "amount_fen": fen} for each, fen in zip(paid, back, strict=True) if fen]
    more = {"corrects": f"{sold['member_id']}-{int(sold['seq'])}", "reason": body["reason"]}
    more |= {"counts_in": sold["counts_in"]}
    said = ("refund", name, body["amount_fen"], payments)
    answered = {"pk": sold["pk"], "refunds": int(sold.get("refunds", 0)), "refunded": _json(so_far)}
    return [*_rows(account, moves, store, said, body, by, more), answered | {"by": by}]


def _rows(  # noqa: PLR0917
    account: Item, moves: list[Item], store: Item, said: tuple[str, str, int, list[Item]],
    body: Mapping[str, Any], by: str, more: Item,
) -> list[Item]:  # fmt: skip
    """Account, entry and order; `said` is kind, name, total and payments, `more` what only this kind has."""
    kind, name, total_fen, payments = said
    booked, member_id, seq = now(), account["member_id"], int(account["seq"]) + 1
    local = booked.astimezone(ZoneInfo(store["zone"])) - timedelta(hours=int(store["day_cut_hour"]))
    day = local.date().isoformat()
    holdings, counts = (
        moved(json.loads(account["holdings"]), moves),
        total_fen if kind == "spend" else -total_fen,
    )
    months, month = json.loads(account["months"]), more.get("counts_in", day[:7])
    was = months.get(month, {"spent_fen": 0, "points": 0})
    months[month] = was | {"spent_fen": was["spent_fen"] + counts}
    balance_fen, points = (
        total(holdings, "principal", "bonus", "debt"),
        total(holdings, "points", "points_debt"),
    )
    entry = {
        "member_id": member_id, "seq": seq, "kind": kind,
        "delta_fen": sum(move["amount"] for move in moves), "balance_after_fen": balance_fen,
        "total_fen": total_fen, "bonus_fen": 0, "payments": _json(payments), "moves": _json(moves),
        "points_delta": 0, "points_after": points, "points_earned": 0, "spent_fen": counts,
        "earning_fen": counts, "counts_in": month, "till_id": store["till_id"],
        "booked_at": text(booked), "occurred_at": text(booked), "business_date": day,
        "store_id": store["store_id"], "store_name": store["name"], "order_name": name, "by": by,
    }  # fmt: skip
    own = {name: more[name] for name in ("note", "lines") if name in more}
    entry |= {name: value for name, value in more.items() if name not in own}
    order = entry | own | {
        "fingerprint": fingerprint(body), "list_key": f"DAY#{store['store_id']}#{day}",
        "list_sort": f"{kind}#{entry['booked_at']}#{name}",
        "pk": f"ORDER#{store['store_id']}#{kind}#{name}", "sk": "NAME",
    }  # fmt: skip
    return [
        {"pk": f"M#{member_id}", "sk": "NOW#ACCOUNT", "member_id": member_id, "seq": seq,
         "balance_fen": balance_fen, "points": points, "holdings": _json(holdings),
         "months": _json(months), "top_ups": int(account["top_ups"]), "by": by},
        entry | {"pk": f"M#{member_id}", "sk": f"ENTRY#{seq:012d}"},
        order,
    ]  # fmt: skip


def transaction(
    table: str, account: Item, rows: list[Item], form: Callable[[Item], Item]
) -> list[dict[str, Any]]:
    """The three conditional puts, and the update of what is answered; `form` turns plain values into the client's."""
    fresh = {"ConditionExpression": "attribute_not_exists(pk)"}
    still = fresh
    if account["seq"]:
        still = {
            "ConditionExpression": "seq = :seq AND attribute_not_exists(closed_into)",
            "ExpressionAttributeValues": form({":seq": int(account["seq"])}),
        }
    puts = [
        {"Put": {"TableName": table, "Item": form(row),
                 "ReturnValuesOnConditionCheckFailure": "ALL_OLD", **condition}}
        for row, condition in zip(rows, (still, fresh, fresh), strict=False)
    ]  # fmt: skip
    return [*puts, *(_answered(table, row, form) for row in rows[3:])]


def _answered(table: str, sold: Item, form: Callable[[Item], Item]) -> dict[str, Any]:
    was = sold["refunds"]
    values = {
        ":n": was + 1,
        ":r": sold["refunded"],
        ":by": sold["by"],
        **({":was": was} if was else {}),
    }
    first = "attribute_not_exists(refunds) AND attribute_exists(pk)"
    return {"Update": {
        "TableName": table, "Key": form({"pk": sold["pk"], "sk": "NAME"}),
        "UpdateExpression": "SET refunds = :n, refunded = :r, #by = :by",
        "ConditionExpression": "refunds = :was" if was else first,
        "ExpressionAttributeNames": {"#by": "by"}, "ExpressionAttributeValues": form(values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }}  # fmt: skip


def stamp(store: Item, event: Mapping[str, Any]) -> str:
    """Who writes, from where, in which request."""
    context = event["requestContext"]
    return _json({"who": store["till_id"], "role": "terminal", "origin": context["identity"]["sourceIp"],
                  "request_id": context["requestId"]})  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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
    }  # fmt: skip
    told = {"bonus_fen": "bonus_fen", "delta_fen": "delta_fen", "points": "points_delta",
            "points_after": "points_after"}  # fmt: skip
    facts |= {name: int(entry[of]) for name, of in told.items() if entry[of]}
    return {
        "pk": f"M#{entry['member_id']}", "sk": f"MSG#{made_id.partition('-')[2]}",
        "message_id": made_id, "facts": json.dumps(facts, ensure_ascii=False),
        "created_at": text(moment), "updated_at": text(moment), "state": "created", "version": 1,
        "attempts": "[]", "decisions": "[]", "due_key": f"DUE#{shard}",
        "due_at": text(moment + timedelta(minutes=2)),
    }  # fmt: skip
