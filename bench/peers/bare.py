"""A bare handler: botocore, the standard library, and nothing between."""

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import botocore.config
import botocore.session

from bench.peers import common
from bench.peers.common import Item, Keys, Problem, Proofs
from bench.peers.summary import etag, summary

BOOK, ACCESS = os.environ["BOOK_TABLE"], os.environ["ACCESS_TABLE"]
MESSAGES, OUTAGES = os.environ["MESSAGES_TABLE"], os.environ["OUTAGES_TABLE"]
_CONFIG = botocore.config.Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=50,
)
_session = botocore.session.get_session()
_dynamodb = _session.create_client("dynamodb", config=_CONFIG)
_keys: list[Keys] = []


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    started = time.perf_counter()
    request_id = event["requestContext"]["requestId"]
    try:
        status, body = _ROUTES[event["httpMethod"], event["resource"]](event)
    except Problem as problem:
        status, body = problem.status, problem.body(request_id)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    public = event["resource"].startswith("/v2/")
    took_ms = round((time.perf_counter() - started) * 1000)
    line = {"level": "INFO", "said": "served", "request_id": request_id, "status": status}
    print(json.dumps({**line, "route": event["resource"], "took_ms": took_ms}))
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "public, max-age=30" if public else "no-store",
            "X-Request-Id": request_id,
            **({"ETag": etag(text)} if public else {}),
        },
        "body": text,
        "isBase64Encoded": False,
    }


def lookup(event: dict[str, Any]) -> tuple[int, Item]:
    _store(event)
    body = json.loads(event["body"])
    if set(body) != {"phone"} or not isinstance(body["phone"], str):
        raise Problem(422, "invalid_request")
    lock = f"PHONE#{keys().find_by('phone', common.digits(body['phone']))}"
    found = _get(BOOK, lock, "LOCK", consistent=True)
    if not found:
        return 200, {"items": [], "hint": "No member was found."}
    return 200, {"items": [common.member_view(keys(), _now(found["member_id"]))], "hint": None}


def spend(event: dict[str, Any]) -> tuple[int, Item]:
    store, body = _store(event), _spend_body(json.loads(event["body"]))
    name, by = event["pathParameters"]["out_trade_no"], common.stamp(store, event)

    def rows(account: Item) -> list[Item]:
        return common.spend_rows(account, body, store, name, by)

    return _posted(body["member_id"], body, rows, common.spend_view)


def refund(event: dict[str, Any]) -> tuple[int, Item]:
    store, body = _store(event), json.loads(event["body"])
    if set(body) != {"out_trade_no", "reason", "amount_fen"} or not body["amount_fen"] > 0:
        raise Problem(422, "invalid_request")
    name, by = event["pathParameters"]["out_refund_no"], common.stamp(store, event)
    order = f"ORDER#{store['store_id']}#spend#{body['out_trade_no']}"
    sold = _get(BOOK, order, "NAME", consistent=True)
    if not sold:
        raise Problem(404, "not_found")

    def rows(account: Item) -> list[Item]:
        return common.refund_rows(account, sold, body, store, name, by)

    return _posted(sold["member_id"], body, rows, common.refund_view)


def replay(event: dict[str, Any]) -> tuple[int, Item]:
    """The sales of a till's journal one by one; no journal is kept, nobody looks at signatures and cards."""
    store, by, items = _store(event), common.stamp(_store(event), event), []
    for record in json.loads(event["body"])["records"]:
        said = json.loads(record["payload"])
        rows = partial(_late, body=said["spend"], store=store, name=said["out_trade_no"], by=by)
        _, sold = _posted(said["spend"]["member_id"], said["spend"], rows, common.spend_view)
        items.append({"outcome": "taken", **sold})
    return 200, {"items": items}


def _late(account: Item, *, body: Item, store: Item, name: str, by: str) -> list[Item]:
    return common.spend_rows(account, {**body, "late": 1}, store, name, by)


def _posted(
    member_id: str, body: Item, rows_of: Callable[[Item], list[Item]], view: Callable[[Item], Item]
) -> tuple[int, Item]:
    account = common.account_of(_now(member_id, consistent=True), member_id)
    for attempt in range(common.MOST_ATTEMPTS):
        rows = rows_of(account)
        try:
            _dynamodb.transact_write_items(
                TransactItems=common.transaction(BOOK, account, rows, _raw)
            )
        except _dynamodb.exceptions.TransactionCanceledException as error:
            account, known = common.after_refusal(error.response, account, body, attempt, _plain)
            if known:
                return 200, view(known)
        else:
            return 201, view(rows[2])
    raise Problem(503, "try_again")


def history(event: dict[str, Any]) -> tuple[int, Item]:
    _store(event)
    limit = int((event["multiValueQueryStringParameters"] or {}).get("limit", ["20"])[0])
    answer = _dynamodb.query(
        TableName=BOOK,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues=_raw({
            ":pk": f"M#{event['pathParameters']['member_id']}", ":sk": "ENTRY#",
        }),
        ScanIndexForward=False,
        Limit=limit,
    )  # fmt: skip
    last = answer.get("LastEvaluatedKey")
    return 200, {
        "items": [common.entry_view(_plain(item)) for item in answer["Items"]],
        "next_cursor": last and json.dumps(last),
    }


def status(_event: dict[str, Any]) -> tuple[int, Item]:
    answer = _dynamodb.query(
        TableName=OUTAGES,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues=_raw({":pk": "PAGE", ":from": "INCIDENT#", ":to": "WINDOW#~"}),
    )
    return 200, summary([_plain(item) for item in answer["Items"]])


def on_entries(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One message for each new entry: the whole batch in one transaction, by itself where one is there already."""
    entries = [_plain(record["dynamodb"]["NewImage"]) for record in event["Records"]]
    puts = [
        {"Put": {"TableName": MESSAGES, "Item": _raw(common.message_row(entry)),
                 "ConditionExpression": "attribute_not_exists(pk)"}}
        for entry in entries
    ]  # fmt: skip
    while puts:
        try:
            _dynamodb.transact_write_items(TransactItems=puts)
        except _dynamodb.exceptions.TransactionCanceledException as error:
            reasons = [reason["Code"] for reason in error.response["CancellationReasons"]]
            known = "ConditionalCheckFailed"
            puts = [put for put, code in zip(puts, reasons, strict=True) if code != known]
        else:
            break
    return {"batchItemFailures": []}


def on_messages(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Each new message on record as being sent, sent, and on record as sent: the least that loses and doubles none."""
    from bench.peers import sms  # noqa: PLC0415 - a look-up is answered without it

    for record in event["Records"]:
        message = _plain(record["dynamodb"]["NewImage"])
        profile = _get(BOOK, message["pk"], "NOW#PROFILE")
        if profile is None or "phone" not in profile:
            continue
        phone = keys().open(profile["phone"], f"{message['pk']}/NOW#PROFILE/phone")
        facts = json.loads(message["facts"])
        attempt = sms.attempt(message, phone)
        claim = _change(message, 1, "sending", attempt)
        counts = sms.counters(keys().find_by("limit", phone), message)
        counted = [_count(key, limits) for key, limits in counts]
        _dynamodb.transact_write_items(
            TransactItems=[{"Update": update} for update in (claim, *counted)]
        )
        answered = sms.send(phone, facts, attempt["reference"])
        taken = {**attempt, "state": "accepted", "provider_ref": answered}
        _dynamodb.update_item(**_change(message, 2, "sent", taken))
    return {"batchItemFailures": []}


def _change(message: Item, version: int, state: str, attempt: Item) -> Item:
    """Not where somebody else has it; it is looked at again later, as nobody may ever say what became of it."""
    values = {"attempts": json.dumps([attempt]), "state": state, "version": version + 1,
              "updated_at": common.text(common.now()), "due_key": message["due_key"],
              "due_at": common.text(common.now() + timedelta(minutes=10))}  # fmt: skip
    if "provider_ref" in attempt:
        values["ref_key"] = f"tencent#{attempt['provider_ref']}"
    return {
        "TableName": MESSAGES,
        "Key": _raw({"pk": message["pk"], "sk": message["sk"]}),
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
        "ConditionExpression": "#version = :was",
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": _raw(
            {f":{name}": value for name, value in values.items()} | {":was": version}
        ),
    }


def _count(key: Item, limits: dict[str, int]) -> Item:
    """One more in each window, as long as none is full."""
    values = {f":{name}": most for name, most in limits.items()}
    return {
        "TableName": MESSAGES,
        "Key": _raw(key),
        "UpdateExpression": "SET expires_at = :ends ADD "
        + ", ".join(f"#{name} :one" for name in limits),
        "ConditionExpression": " AND ".join(
            f"(attribute_not_exists(#{name}) OR #{name} < :{name})" for name in limits
        ),
        "ExpressionAttributeNames": {f"#{name}": name for name in limits},
        "ExpressionAttributeValues": _raw(values | {":one": 1, ":ends": 1798794000}),
    }


def keys() -> Keys:
    if not _keys:
        text = os.environ.get("BENCH_KEYRING") or _keyring()
        _keys.append(Keys(text))
    return _keys[0]


def _keyring() -> str:
    ssm = _session.create_client("ssm", config=_CONFIG)
    answer = ssm.get_parameter(Name=os.environ["KEYRING_PARAM"], WithDecryption=True)
    return answer["Parameter"]["Value"]


def _store(event: dict[str, Any]) -> Item:
    store = _proofs.store_of(event["headers"].get("authorization", ""))
    if event["pathParameters"] and event["pathParameters"].get("store_id") not in {
        None,
        store["store_id"],
    }:
        raise Problem(403, "wrong_store")
    return store


def _spend_body(body: Item) -> Item:
    if not {"member_id", "total_fen", "payments"} <= set(body) <= {
        "member_id", "total_fen", "payments", "lines", "occurred_at", "note",
    }:  # fmt: skip
        raise Problem(422, "invalid_request")
    amounts = [body["total_fen"], *(payment["amount_fen"] for payment in body["payments"])]
    if not all(isinstance(amount, int) and amount > 0 for amount in amounts):
        raise Problem(422, "invalid_request")
    return body


def _now(member_id: str, *, consistent: bool = False) -> list[Item]:
    answer = _dynamodb.query(
        TableName=BOOK,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues=_raw(
            {
                ":pk": f"M#{member_id}",
                ":from": "NOW#",
                ":to": "NOW#~",
            }
        ),
        ConsistentRead=consistent,
    )
    return [_plain(item) for item in answer["Items"]]


def _get(table: str, pk: str, sk: str, *, consistent: bool = False) -> Item | None:
    answer = _dynamodb.get_item(
        TableName=table, Key=_raw({"pk": pk, "sk": sk}), ConsistentRead=consistent
    )
    return _plain(answer["Item"]) if "Item" in answer else None


def _raw(item: Item) -> Item:
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in item.items()
    }


def _plain(item: Item) -> Item:
    return {
        name: int(value["N"]) if "N" in value else value.get("S", value.get("B"))
        for name, value in item.items()
    }


_proofs = Proofs(lambda pk, sk: _get(ACCESS, pk, sk))
_ROUTES = {
    ("POST", "/v1/members/lookup"): lookup,
    ("PUT", "/v1/stores/{store_id}/spends/{out_trade_no}"): spend,
    ("PUT", "/v1/stores/{store_id}/refunds/{out_refund_no}"): refund,
    ("POST", "/v1/stores/{store_id}/replays"): replay,
    ("GET", "/v1/members/{member_id}/spends"): history,
    ("GET", "/v2/summary.json"): status,
}
