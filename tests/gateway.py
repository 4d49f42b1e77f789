"""The app behind `requests`: what API Gateway would make of an HTTP request, without a socket."""

import io
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from infra.template import api
from tests.client import Client, Reply

BASE = "http://dengta.test/api"
_NO_ROUTE = next(each for each in api.PROBLEMS if each.kind == "MISSING_AUTHENTICATION_TOKEN")


class InProcess(HTTPAdapter):
    """Mounted for BASE; bytes that are no UTF-8 arrive as API Gateway passes text on, replaced."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client

    def send(
        self, request: requests.PreparedRequest, *_: object, **__: object
    ) -> requests.Response:
        reply = self._asked(request)
        body = io.BytesIO(reply.text.encode())
        raw = HTTPResponse(body, reply.headers, reply.status, preload_content=False)
        return self.build_response(request, raw)

    def _asked(self, request: requests.PreparedRequest) -> Reply:
        parts = urlsplit(request.url or "")
        path = str(parts.path).removeprefix("/api")
        target = f"{path}?{parts.query}" if parts.query else path
        try:
            return self.client.send(
                request.method or "GET", target, _text(request.body), _headers(request.headers)
            )
        except LookupError:
            return _no_route()


def session(client: Client) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.mount(BASE, InProcess(client))
    return made


def _no_route() -> Reply:
    headers = {"Content-Type": "application/problem+json", "X-Request-Id": "gateway"}
    return Reply(_NO_ROUTE.status, headers, json.dumps(api.body(_NO_ROUTE)))


def _text(body: object) -> str | None:
    if isinstance(body, bytes):
        return body.decode("utf-8", "replace")
    return body if isinstance(body, str) else None


def _headers(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        name.lower(): value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }
