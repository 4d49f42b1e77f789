"""What API Gateway answers by itself, in the shape of every other problem."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.http.problems import type_of
from chalicelib.outages.api import routes

RESPONSES_KEY = "x-amazon-apigateway-gateway-responses"
STATUS = "StatusHandler"
INVOKED = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    f"/${{{STATUS}.Arn}}/invocations"
)
CALLED_BY = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestAPI}/*"


@dataclass(frozen=True)
class GatewayProblem:
    """One answer of the gateway: no code of ours runs, so it can speak one language only."""

    kind: str
    status: int
    code: str
    title: str
    hint: str


PROBLEMS = (
    GatewayProblem(
        "MISSING_AUTHENTICATION_TOKEN",
        404,
        "not_found",
        "没有这个地址，或不支持这种请求方法",
        "请对照 /openapi.json 核对路径和方法。",
    ),
    GatewayProblem(
        "REQUEST_TOO_LARGE", 413, "too_large", "请求内容过大", "请求内容不得超过 256 KB。"
    ),
    GatewayProblem("THROTTLED", 429, "too_many_requests", "请求太频繁", "请稍后原样重发。"),
    GatewayProblem("DEFAULT_4XX", 400, "malformed_request", "请求无法读取", "请核对请求的写法。"),
    GatewayProblem(
        "INTEGRATION_TIMEOUT",
        504,
        "no_answer_yet",
        "系统没有及时回应，结果未知",
        "请用同一个单号原样重发，不会重复扣款。",
    ),
    GatewayProblem(
        "DEFAULT_5XX",
        503,
        "try_again",
        "系统暂时无法回应",
        "请用同一个单号原样重发，不会重复扣款。",
    ),
)


def resources() -> dict[str, Any]:
    """An addition to the API that Chalice writes."""
    answers = {problem.kind: answer(problem) for problem in PROBLEMS}
    properties = {
        "Name": {"Ref": "AWS::StackName"},
        "DefinitionBody": {RESPONSES_KEY: answers, "paths": status_paths()},
    }
    return {"RestAPI": {"Properties": properties}, f"{STATUS}InvokePermission": invocation()}


def status_paths() -> dict[str, Any]:
    """What the status room's own function serves, in place of the one that Chalice names for all."""
    paths: dict[str, Any] = {}
    own = {"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": INVOKED}}}
    for endpoint in routes.endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = own
    return paths


def invocation() -> dict[str, Any]:
    """The gateway may call it."""
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": STATUS},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": CALLED_BY},
        },
    }


def answer(problem: GatewayProblem) -> dict[str, Any]:
    """One gateway response; `$context` is filled in by the gateway."""
    return {
        "statusCode": str(problem.status),
        "responseParameters": {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.X-Request-Id": "context.requestId",
        },
        "responseTemplates": {"application/json": json.dumps(body(problem), ensure_ascii=False)},
    }


def body(problem: GatewayProblem) -> dict[str, Any]:
    """The problem document."""
    return {
        "type": type_of(problem.code),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.title,
        "instance": "$context.requestId",
        "code": problem.code,
        "hint": problem.hint,
    }
