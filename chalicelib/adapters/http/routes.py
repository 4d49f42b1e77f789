"""Declaring an endpoint: who may call it, what it takes, what it answers; the document is made from the same words."""

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.adapters import log
from chalicelib.adapters.http.answers import JSON, Answer
from chalicelib.adapters.http.calls import Call
from chalicelib.adapters.http.problems import own_problem, problem
from chalicelib.kernel.errors import DomainError, NotFound

View = Callable[..., Any]
LONGEST_PATH_VALUE = 128
_log = log.logger("http")


class Endpoint(msgspec.Struct, frozen=True):
    """One method of one path. `needs` is the guard's word for who may call."""

    method: str
    path: str
    view: View
    needs: str
    takes: type | None = None
    form: type | None = None
    asks: type | None = None
    answers: Mapping[int, Any] = msgspec.field(default_factory=dict)
    raises: tuple[type[DomainError], ...] = ()
    content_type: str = JSON


class Routes(Blueprint):
    """A Chalice blueprint whose views take a `Call`, then `body` and `query` where declared, then path values."""

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.endpoints: list[Endpoint] = []

    @abstractmethod
    def admit(self, call: Call, needs: str) -> Any:  # noqa: ANN401
        """The caller, or NotAuthenticated or NotAllowed."""

    def declare(
        self,
        method: str,
        path: str,
        *,
        needs: str,
        takes: type | None = None,
        form: type | None = None,
        asks: type | None = None,
        answers: Mapping[int, Any] | None = None,
        raises: tuple[type[DomainError], ...] = (),
        content_type: str = JSON,
    ) -> Callable[[View], View]:
        """`takes` is the body's type, `asks` the query string's, `answers` a type for each success status.

        `form`: what a page's form sends; its view reads that by itself (`Call.form`), to answer with a page always.
        """

        def register(view: View) -> View:
            endpoint = Endpoint(
                *(method, path, view, needs, takes, form, asks),
                *(answers or {200: None}, raises, content_type),
            )
            self.endpoints.append(endpoint)
            options: dict[str, Any] = {} if takes else {"content_types": []}
            self.route(path, methods=[method], name=view.__name__, **options)(
                self._serving(endpoint)
            )
            return view

        return register

    def _serving(self, endpoint: Endpoint) -> View:
        def serve(**path: str) -> Response:
            call = Call.of(self.current_request)
            token = log.request_id.set(call.request_id)
            started = time.perf_counter()
            response = self._answered(endpoint, call, path)
            _tell(endpoint, call, response, time.perf_counter() - started)
            log.request_id.reset(token)
            return response

        serve.__name__ = endpoint.view.__name__
        return serve

    def _answered(self, endpoint: Endpoint, call: Call, path: Mapping[str, str]) -> Response:
        try:
            call.caller = self.admit(call, endpoint.needs)
            given: dict[str, Any] = bounded(path)
            if endpoint.takes:
                given["body"] = call.body(endpoint.takes)
            if endpoint.asks:
                given["query"] = call.query(endpoint.asks)
            return _respond(endpoint.view(call, **given), endpoint, call)
        except DomainError as error:
            return problem(error, call.request_id, english=call.english)
        except Exception:  # noqa: BLE001 - what is no domain error is a bug, and the caller gets a 500
            _log.exception("bug", extra={"route": call.route})
            return own_problem(500, "internal_error", call.request_id, english=call.english)


def bounded(path: Mapping[str, str]) -> dict[str, Any]:
    """Path values as keys may hold them. Raises NotFound: nothing can be under another one."""
    for value in path.values():
        if not value.isprintable() or not 0 < len(value) <= LONGEST_PATH_VALUE:
            raise NotFound
    return dict(path)


def _respond(answer: Any, endpoint: Endpoint, call: Call) -> Response:  # noqa: ANN401
    if not isinstance(answer, Answer):
        answer = Answer(
            answer, status=next(iter(endpoint.answers)), content_type=endpoint.content_type
        )
    return Response(
        answer.text(),
        status_code=answer.status,
        headers={
            "Content-Type": answer.content_type,
            "Cache-Control": "no-store",
            "X-Request-Id": call.request_id,
            **answer.headers,
        },
    )


def _tell(endpoint: Endpoint, call: Call, response: Response, took_s: float) -> None:
    _log.info(
        "served",
        extra={
            "route": f"{endpoint.method} {endpoint.path}",
            "status": response.status_code,
            "took_ms": round(took_s * 1000),
            "caller": getattr(call.caller, "who", "nobody"),
        },
    )
