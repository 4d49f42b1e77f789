"""Problem documents (RFC 9457), and the only table from kind of error to status."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response

from chalicelib.adapters.http.answers import replayed
from chalicelib.kernel import errors
from chalicelib.kernel.errors import DomainError, Text

PROBLEM_JSON = "application/problem+json"
DOCS = "/api/docs"  # beginning with the stage, so that it resolves against any address of the API
STATUS: Mapping[type[DomainError], int] = {
    errors.Malformed: 400,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 412,
    errors.TooLarge: 413,
    errors.InvalidRequest: 422,
    errors.ConditionMissing: 428,
    errors.TooMany: 429,
    errors.TryAgain: 503,
}
OWN = {
    400: Text("请求无法读取", "The request cannot be read"),
    404: Text("没有这个地址", "There is no such path"),
    405: Text("该地址不支持此方法", "This path does not take that method"),
    415: Text("只接受 application/json", "Only application/json is taken"),
    500: Text("服务器内部错误", "Something went wrong on our side"),
    504: Text("系统没有及时回应，结果未知", "No answer in time: what came of it is not known"),
}
RETRY_HINT = Text(
    "请稍后用同一请求重试，并把 instance 里的编号告诉我们。",
    "Try the same request again later, and tell us the id in `instance`.",
)


def type_of(code: str) -> str:
    """Where a problem is explained; also its name for machines, so it is the same in every answer."""
    return f"{DOCS}#problem-{code}"


def status_of(kind: type[DomainError]) -> int:
    return next(STATUS[family] for family in kind.__mro__ if family in STATUS)


def problem(error: DomainError, request_id: str, *, english: bool) -> Response:
    status = status_of(type(error))
    said = _fill(error.detail_text(), error.values, english=english)
    document = {
        "type": type_of(error.code),
        "title": _in(error.title, english=english),
        "status": status,
        "detail": said,
        "instance": request_id,
        "code": error.code,
        **{name: _plain(value, english=english) for name, value in error.values.items()},
    }
    if error.hint:
        document["hint"] = _fill(error.hint, error.values, english=english)
    headers = replayed(again=error.replayed)
    if isinstance(error, errors.TryAgain | errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == 401:  # noqa: PLR2004 - RFC 9110: a 401 names the scheme
        headers["WWW-Authenticate"] = "Bearer"
    return _response(document, status, headers)


def own_problem(status: int, code: str, request_id: str, *, english: bool) -> Response:
    """A problem that no rule of the domain raised: a bug, an unknown path, a method not taken."""
    title = _in(OWN.get(status, OWN[500]), english=english)
    document = {
        "type": type_of(code), "title": title, "status": status, "detail": title,
        "instance": request_id, "code": code,
    }  # fmt: skip
    if status >= 500:  # noqa: PLR2004
        document["hint"] = _in(RETRY_HINT, english=english)
    return _response(document, status, {})


_CHALICE_CODES = {
    "MethodNotAllowedError": "method_not_allowed",
    "UnsupportedMediaType": "unsupported_media_type",
    "InternalServerError": "internal_error",
}


def answer_problems(request: Request, next_step: Callable[[Request], Response]) -> Response:
    """Middleware: what Chalice refuses by itself (method, media type) comes in the same shape as all else."""
    response = next_step(request)
    if isinstance(response.body, dict) and set(response.body) == {"Code", "Message"}:
        from chalicelib.adapters.http.calls import prefers_english  # noqa: PLC0415 - only on this rare path

        code = _CHALICE_CODES.get(response.body["Code"], "malformed_request")
        shaped = own_problem(
            response.status_code,
            code,
            str(request.context.get("requestId", "")),
            english=prefers_english(request.headers.get("accept-language") or ""),
        )
        shaped.headers |= {
            name: value for name, value in response.headers.items() if name == "Allow"
        }
        return shaped
    return response


def _response(document: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    return Response(
        json.dumps(document, ensure_ascii=False),
        status_code=status,
        headers={
            "Content-Type": PROBLEM_JSON,
            "Cache-Control": "no-store",
            "X-Request-Id": str(document["instance"]),
            **headers,
        },
    )


def _in(text: Text, *, english: bool) -> str:
    return text.en if english else text.zh


def _fill(text: Text, values: Mapping[str, Any], *, english: bool) -> str:
    said = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return _in(text, english=english).format_map(said)


def _plain(value: Any, *, english: bool) -> Any:  # noqa: ANN401 - JSON values
    """Texts inside the values, in the caller's language."""
    if isinstance(value, Text):
        return _in(value, english=english)
    if isinstance(value, list):
        return [_plain(each, english=english) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each, english=english) for name, each in value.items()}
    return value
