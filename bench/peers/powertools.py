"""AWS Lambda Powertools (resolver, logger, batch), pydantic and boto3."""

import json
import os
from collections.abc import Callable
from typing import Annotated, Any, Literal

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from boto3.dynamodb.conditions import Key
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
_access = _dynamodb.Table(os.environ["ACCESS_TABLE"])
_outages = _dynamodb.Table(os.environ["OUTAGES_TABLE"])
_messages = _dynamodb.Table(os.environ["MESSAGES_TABLE"])
_keys: list[Keys] = []
logger = Logger(service="members")
app = APIGatewayRestResolver()
processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
Fen = Annotated[int, Field(ge=1, le=100_000_000)]


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
def lookup() -> Response[str]:
    _store()
    body = Lookup.model_validate_json(app.current_event.body or "")
    lock = f"PHONE#{keys().find_by('phone', common.digits(body.phone))}"
    found = _book.get_item(Key={"pk": lock, "sk": "LOCK"}, ConsistentRead=True).get("Item")
    if not found:
        return _answer(200, {"items": [], "hint": "No member was found."})
    card = common.member_view(keys(), _now(found["member_id"]))
    return _answer(200, {"items": [card], "hint": None})


@app.put("/v1/stores/<store_id>/spends/<out_trade_no>")
def spend(store_id: str, out_trade_no: str) -> Response[str]:
    store = _store(store_id)
    body = Spend.model_validate_json(app.current_event.body or "").model_dump(exclude_none=True)
    by = common.stamp(store, app.current_event.raw_event)

    def rows(account: Item) -> list[Item]:
        return common.spend_rows(account, body, store, out_trade_no, by)

    return _posted(body["member_id"], body, rows, common.spend_view)


@app.put("/v1/stores/<store_id>/refunds/<out_refund_no>")
def refund(store_id: str, out_refund_no: str) -> Response[str]:
    store = _store(store_id)
    body = Refund.model_validate_json(app.current_event.body or "").model_dump()
    by = common.stamp(store, app.current_event.raw_event)
    key = {"pk": f"ORDER#{store_id}#spend#{body['out_trade_no']}", "sk": "NAME"}
    sold = _book.get_item(Key=key, ConsistentRead=True).get("Item")
    if not sold:
        raise Problem(404, "not_found")

    def rows(account: Item) -> list[Item]:
        return common.refund_rows(account, sold, body, store, out_refund_no, by)

    return _posted(sold["member_id"], body, rows, common.refund_view)


def _posted(
    member_id: str, body: Item, rows_of: Callable[[Item], list[Item]], view: Callable[[Item], Item]
) -> Response[str]:
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
                return _answer(200, view(known))
        else:
            return _answer(201, view(rows[2]))
    raise Problem(503, "try_again")


@app.get("/v1/members/<member_id>/spends")
def history(member_id: str) -> Response[str]:
    _store()
    answer = _book.query(
        KeyConditionExpression=Key("pk").eq(f"M#{member_id}") & Key("sk").begins_with("ENTRY#"),
        ScanIndexForward=False,
        Limit=int(app.current_event.get_query_string_value("limit", "20") or "20"),
    )
    last = answer.get("LastEvaluatedKey")
    items = [common.entry_view(item) for item in answer["Items"]]
    return _answer(200, {"items": items, "next_cursor": last and json.dumps(last)})


@app.get("/v2/summary.json")
def status() -> Response[str]:
    condition = Key("pk").eq("PAGE") & Key("sk").between("INCIDENT#", "WINDOW#~")
    body = summary(_outages.query(KeyConditionExpression=condition)["Items"])
    answer = _answer(200, body)
    answer.headers |= {"Cache-Control": "public, max-age=30", "ETag": etag(answer.body or "")}
    return answer


@app.exception_handler(Problem)
def on_problem(problem: Problem) -> Response[str]:
    return _answer(problem.status, problem.body(_request_id()))


@app.exception_handler(ValidationError)
def on_invalid(_error: ValidationError) -> Response[str]:
    return on_problem(Problem(422, "invalid_request"))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = app.resolve(event, context)
    logger.info("served", extra={"route": event["resource"], "status": answer["statusCode"]})
    return answer


def on_entries(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401
    return process_partial_response(event, _on_entry, processor, context)


def _on_entry(record: DynamoDBRecord) -> None:
    """One conditional put a record: what the batch processor is made for."""
    try:
        _messages.put_item(
            Item=common.message_row(record.dynamodb.new_image),
            ConditionExpression="attribute_not_exists(pk)",
        )
    except _dynamodb.meta.client.exceptions.ConditionalCheckFailedException:
        return


def keys() -> Keys:
    if not _keys:
        _keys.append(Keys(os.environ.get("BENCH_KEYRING") or _keyring()))
    return _keys[0]


def _keyring() -> str:
    ssm = boto3.client("ssm", config=_CONFIG)
    answer = ssm.get_parameter(Name=os.environ["KEYRING_PARAM"], WithDecryption=True)
    return answer["Parameter"]["Value"]


def _store(store_id: str | None = None) -> Item:
    store = _proofs.store_of(app.current_event.headers.get("authorization") or "")
    if store_id not in {None, store["store_id"]}:
        raise Problem(403, "wrong_store")
    return store


def _now(member_id: str, *, consistent: bool = False) -> list[Item]:
    condition = Key("pk").eq(f"M#{member_id}") & Key("sk").between("NOW#", "NOW#~")
    return _book.query(KeyConditionExpression=condition, ConsistentRead=consistent)["Items"]


def _answer(status: int, body: Item) -> Response[str]:
    return Response(
        status,
        "application/json",
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers={"Cache-Control": "no-store", "X-Request-Id": _request_id()},
    )


def _request_id() -> str:
    return app.current_event.request_context.request_id or ""


_proofs = Proofs(lambda pk, sk: _access.get_item(Key={"pk": pk, "sk": sk}).get("Item"))
