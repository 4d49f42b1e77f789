"""The HTTP edge: typed requests in, typed answers or problem documents out; the only room that knows statuses."""

from chalicelib.adapters.http.answers import Answer, At, at, replayed
from chalicelib.adapters.http.calls import Call, Paging, named, unchanged
from chalicelib.adapters.http.preconditions import known_version, tagged
from chalicelib.adapters.http.problems import answer_problems, problem, status_of
from chalicelib.adapters.http.routes import Endpoint, Routes

__all__ = [
    "Answer",
    "At",
    "Call",
    "Endpoint",
    "Paging",
    "Routes",
    "answer_problems",
    "at",
    "known_version",
    "named",
    "problem",
    "replayed",
    "status_of",
    "tagged",
    "unchanged",
]
