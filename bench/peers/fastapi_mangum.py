"""FastAPI behind Mangum, pydantic and boto3.

Views are `async` though boto3 blocks: a container serves one request at a time, and a thread pool would only cost.
"""

import json
import os
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config
from botocore.exceptions import ClientError
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field

from bench.peers import common
from bench.peers.common import Item, Keys, Problem, Proofs
from bench.peers.summary import etag, summary

BOOK = os.environ["BOOK_TABLE"]
_CONFIG = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=50,
)
_dynamodb = boto3.resource("dynamodb", config=_CONFIG)
_book = _dynamodb.Table(BOOK)
_outages = _dynamodb.Table(os.environ["OUTAGES_TABLE"])
_access = _dynamodb.Table(os.environ["ACCESS_TABLE"])
_keys: list[Keys] = []
app = FastAPI()
handler = Mangum(app, lifespan="off")
Fen = Annotated[int, Field(ge=1, le=100_000_000)]
Proof = Annotated[str, Header()]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lookup(Strict):
    phone: Annotated[str, Field(max_length=40)]


class Payment(Strict):
    method: Literal["balance", "cash", "wechat_pay", "alipay", "card"]
    amount_fen: Fen


class Spend(Strict):
    member_id: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
    total_fen: Fen
    payments: Annotated[list[Payment], Field(min_length=1, max_length=10)]
    note: Annotated[str, Field(max_length=200)] | None = None


class Refund(Strict):
    out_trade_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-|*@.]{1,64}$")]
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    amount_fen: Fen


@app.post("/v1/members/lookup")
async def lookup(body: Lookup, authorization: Proof) -> Response:
    _store(authorization)
    lock = f"PHONE#{keys().find_by('phone', common.digits(body.phone))}"
    found = _book.get_item(Key={"pk": lock, "sk": "LOCK"}, ConsistentRead=True).get("Item")
    if not found:
        return JSONResponse({"items": [], "hint": "No member was found."})
    card = common.member_view(keys(), _now(found["member_id"]))
    return JSONResponse({"items": [card], "hint": None})


@app.put("/v1/stores/{store_id}/spends/{out_trade_no}")
async def spend(
    store_id: str, out_trade_no: str, body: Spend, authorization: Proof, request: Request
) -> Response:
    store, given = _store(authorization, store_id), body.model_dump(exclude_none=True)
    by = common.stamp(store, request.scope["aws.event"])

    def rows(account: Item) -> list[Item]:
        return common.spend_rows(account, given, store, out_trade_no, by)

    return _posted(body.member_id, given, rows, common.spend_view)


@app.put("/v1/stores/{store_id}/refunds/{out_refund_no}")
async def refund(
    store_id: str, out_refund_no: str, body: Refund, authorization: Proof, request: Request
) -> Response:
    store, given = _store(authorization, store_id), body.model_dump()
    by = common.stamp(store, request.scope["aws.event"])
    key = {"pk": f"ORDER#{store_id}#spend#{body.out_trade_no}", "sk": "NAME"}
    sold = _book.get_item(Key=key, ConsistentRead=True).get("Item")
    if not sold:
        raise Problem(404, "not_found")

    def rows(account: Item) -> list[Item]:
        return common.refund_rows(account, sold, given, store, out_refund_no, by)

    return _posted(sold["member_id"], given, rows, common.refund_view)


def _posted(
    member_id: str, body: Item, rows_of: Callable[[Item], list[Item]], view: Callable[[Item], Item]
) -> Response:
    account = common.account_of(_now(member_id, consistent=True), member_id)
    for attempt in range(common.MOST_ATTEMPTS):
        rows = rows_of(account)
        try:
            _dynamodb.meta.client.transact_write_items(
                TransactItems=common.transaction(BOOK, account, rows, dict)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            account, known = common.after_refusal(error.response, account, body, attempt, dict)
            if known:
                return JSONResponse(view(known))
        else:
            return JSONResponse(view(rows[2]), 201)
    raise Problem(503, "try_again")


@app.get("/v1/members/{member_id}/spends")
async def history(
    member_id: str, authorization: Proof, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response:
    _store(authorization)
    answer = _book.query(
        KeyConditionExpression=Key("pk").eq(f"M#{member_id}") & Key("sk").begins_with("ENTRY#"),
        ScanIndexForward=False,
        Limit=limit,
    )
    last = answer.get("LastEvaluatedKey")
    items = [common.entry_view(item) for item in answer["Items"]]
    return JSONResponse({"items": items, "next_cursor": last and json.dumps(last)})


@app.get("/v2/summary.json")
async def status() -> Response:
    condition = Key("pk").eq("PAGE") & Key("sk").between("INCIDENT#", "WINDOW#~")
    answer = JSONResponse(summary(_outages.query(KeyConditionExpression=condition)["Items"]))
    tag = etag(bytes(answer.body).decode())
    answer.headers.update({"Cache-Control": "public, max-age=30", "ETag": tag})
    return answer


@app.middleware("http")
async def tell(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    started = time.perf_counter()
    response = await call_next(request)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-Id"] = _request_id(request)
    took_ms = round((time.perf_counter() - started) * 1000)
    line = {"level": "INFO", "said": "served", "request_id": _request_id(request)}
    print(json.dumps({**line, "status": response.status_code, "took_ms": took_ms}))
    return response


@app.exception_handler(Problem)
async def on_problem(request: Request, problem: Problem) -> Response:
    return JSONResponse(problem.body(_request_id(request)), problem.status)


def keys() -> Keys:
    if not _keys:
        _keys.append(Keys(os.environ.get("BENCH_KEYRING") or _keyring()))
    return _keys[0]


def _keyring() -> str:
    ssm = boto3.client("ssm", config=_CONFIG)
    answer = ssm.get_parameter(Name=os.environ["KEYRING_PARAM"], WithDecryption=True)
    return answer["Parameter"]["Value"]


def _store(authorization: str, store_id: str | None = None) -> Item:
    store = _proofs.store_of(authorization)
    if store_id not in {None, store["store_id"]}:
        raise Problem(403, "wrong_store")
    return store


def _now(member_id: str, *, consistent: bool = False) -> list[Item]:
    condition = Key("pk").eq(f"M#{member_id}") & Key("sk").between("NOW#", "NOW#~")
    return _book.query(KeyConditionExpression=condition, ConsistentRead=consistent)["Items"]


def _request_id(request: Request) -> str:
    event: dict[str, Any] = request.scope["aws.event"]
    return event["requestContext"]["requestId"]


_proofs = Proofs(lambda pk, sk: _access.get_item(Key={"pk": pk, "sk": sk}).get("Item"))
