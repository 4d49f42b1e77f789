"""Calls the app as API Gateway does: a proxy event in, status, headers and body out; no socket between."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from chalice.app import Chalice


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    """One caller: `token` goes into each call."""

    app: Chalice
    token: str = ""
    language: str = "en"

    def holding(self, token: str) -> "Client":
        return Client(self.app, token, self.language)

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: object, **headers: str) -> Reply:
        return self.send("POST", path, json.dumps(body), headers)

    def put(self, path: str, body: object, **headers: str) -> Reply:
        return self.send("PUT", path, json.dumps(body), headers)

    def patch(self, path: str, body: object, **headers: str) -> Reply:
        return self.send("PATCH", path, json.dumps(body), headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.send("DELETE", path, None, headers)

    def send(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        answer = self.app(self.event(method, path, body, headers or {}), None)
        sent = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
        return Reply(answer["statusCode"], {**answer["headers"], **sent}, answer["body"])

    def event(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        parts = urlsplit(path)
        resource, values = self._resource(parts.path)
        sent = {"accept-language": self.language, "content-type": "application/json"}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        query = parse_qs(parts.query, keep_blank_values=True)
        return {
            "httpMethod": method,
            "path": parts.path,
            "resource": resource,
            "headers": {**sent, **{name.replace("_", "-"): each for name, each in headers.items()}},
            "multiValueQueryStringParameters": query or None,
            "pathParameters": values or None,
            "stageVariables": None,
            "body": body,
            "isBase64Encoded": False,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "requestId": str(uuid.uuid4()),
                "identity": {"sourceIp": "192.0.2.1"},
            },
        }

    def _resource(self, path: str) -> tuple[str, dict[str, str]]:
        """The route that API Gateway would pick: fixed steps before named ones."""
        steps = path.strip("/").split("/")
        fitting = [
            (route, values)
            for route in self.app.routes
            if (values := _match(route.strip("/").split("/"), steps)) is not None
        ]
        if not fitting:
            raise LookupError(f"API Gateway has no route for {path}")
        return min(fitting, key=lambda found: len(found[1]))


def _match(route: list[str], steps: list[str]) -> dict[str, str] | None:
    if len(route) != len(steps):
        return None
    values = {}
    for named, step in zip(route, steps, strict=True):
        if named.startswith("{"):
            values[named.strip("{}")] = unquote(step)
        elif named != step:
            return None
    return values
