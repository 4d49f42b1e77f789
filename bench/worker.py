"""One contestant in a process and an environment of its own: takes events line by line, times each call.

python -m bench.worker dengta|bare|powertools|fastapi_mangum        is started by bench.contestants
"""

import gc
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any], Any], Any]
Exchange = tuple[str, dict[str, Any], dict[str, Any]]


class Context:
    """What Lambda hands over beside the event."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_group_name = log_stream_name = "bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


class Tap:
    """Every exchange with DynamoDB as it went over the wire; listened to only where `heard` is a list."""

    def __init__(self) -> None:
        from botocore.httpsession import URLLib3Session  # noqa: PLC0415 - only the child has the right one

        self.heard: list[Exchange] | None = None
        send = URLLib3Session.send

        def tapped(session: Any, request: Any) -> Any:  # noqa: ANN401
            response = send(session, request)
            if self.heard is not None:
                target = request.headers["X-Amz-Target"]
                name = (target.decode() if isinstance(target, bytes) else target).split(".")[1]
                self.heard.append((name, json.loads(request.body), json.loads(response.content)))
            return response

        URLLib3Session.send = tapped


def handlers(contestant: str) -> dict[str, Handler]:
    """By kind of event: `http`, `stream`, `books`, as far as the contestant has them."""
    if contestant == "dengta":
        return house()
    peer = importlib.import_module(f"bench.peers.{contestant}")
    found = {
        "http": peer.handler,
        "stream": getattr(peer, "on_entries", None),
        "deliver": getattr(peer, "on_messages", None),
    }
    return {kind: handler for kind, handler in found.items() if handler}


def house() -> dict[str, Handler]:
    """The app and the stream consumer, with the keyring known as SSM would have told it."""
    from app import app  # noqa: PLC0415 - after the settings
    from chalicelib.adapters import secrets  # noqa: PLC0415

    secrets.know({os.environ["KEYRING_PARAM"]: os.environ["BENCH_KEYRING"]})
    secrets.know(json.loads(os.environ["BENCH_SECRETS"]))
    from bench.fanout import tell  # noqa: PLC0415
    from chalicelib.messages.stream import deliver  # noqa: PLC0415

    return {
        "http": app,
        "stream": announce,
        "books": books,
        "deliver": deliver,
        "receipts": deliver,
        "fan_out": tell,
    }


def announce(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The half of `entries` that the peers have."""
    from chalicelib.kernel import clock  # noqa: PLC0415
    from chalicelib.messages.stream import announce_batch  # noqa: PLC0415

    return dict(announce_batch(event, clock.now()))


def books(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Walk through the whole book; `grown_bytes` is how much the process grew meanwhile."""
    from chalicelib.ledger.service.books import Run, Walk  # noqa: PLC0415 - after the settings

    found: list[Any] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    walk = Walk(Run(), found.append)
    walk.go()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    run = walk.run
    return {"members": run.members, "entries": run.entries, "orders": run.orders,
            "differences": run.differences, "grown_bytes": grown * 1024, "found": found[:5]}  # fmt: skip


def timed(handler: Handler, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Each call by itself: wall and CPU nanoseconds, status, and the last answer."""
    wall, cpu, statuses, answer = [], [], [], None
    for event in events:
        wall_from, cpu_from = time.perf_counter_ns(), time.process_time_ns()
        answer = handler(event, Context())
        cpu.append(time.process_time_ns() - cpu_from)
        wall.append(time.perf_counter_ns() - wall_from)
        statuses.append(answer.get("statusCode", 200))
    return {"wall_ns": wall, "cpu_ns": cpu, "statuses": statuses, "answer": answer}


def main() -> None:
    """Answer one line for each line, on the real standard output; what a handler prints goes nowhere."""
    line_out = os.fdopen(os.dup(1), "w", buffering=1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    tap = Tap()
    known = handlers(sys.argv[1])
    gc.freeze()
    line_out.write(json.dumps(sorted(known)) + "\n")
    for line in sys.stdin:
        asked = json.loads(line)
        tap.heard = [] if asked["tap"] else None
        told = timed(known[asked["kind"]], asked["events"])
        told["heard"] = tap.heard
        line_out.write(json.dumps(told, default=str) + "\n")


if __name__ == "__main__":
    main()
