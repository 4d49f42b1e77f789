"""One spend taken end to end: from the till's call to the message that left, over HTTP."""

import json
import time
from dataclasses import dataclass
from typing import Any

import urllib3

from infra.local import processes

SPEND_FEN = 1800
DIFFERENT_AMOUNTS = (
    1000  # two messages of the same words within 30 seconds are one too many for a provider
)
DEADLINE_SECONDS = 90
TIMEOUT_SECONDS = 30
CREATED = 201
OK = 200
UNDER_WAY = {"created", "sending", "retrying"}


class SpendLostError(Exception):
    """The spend was not taken, or its message never left; the text says which."""


@dataclass(frozen=True)
class Caller:
    """A till or the head office that calls the API."""

    api_url: str
    key: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and decoded answer."""
        answer = urllib3.request(
            method,
            f"{self.api_url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=TIMEOUT_SECONDS,
            retries=False,
        )
        return answer.status, json.loads(answer.data)


def take(stack: dict[str, Any]) -> str:
    """Take it with what stack.json names; answers a sentence. Raises SpendLostError."""
    store, member = stack["stores"][0], stack["members"][0]
    till = Caller(stack["api_url"], store["terminal_key"])
    office = Caller(stack["api_url"], stack["operator_key"])
    name = f"make-up-{time.time_ns()}"
    amount_fen = SPEND_FEN + int(time.time()) % DIFFERENT_AMOUNTS
    order = {
        "member_id": member["member_id"],
        "total_fen": amount_fen,
        "payments": [{"method": "cash", "amount_fen": amount_fen}],
    }
    status, spend = till.ask("PUT", f"/v1/stores/{store['store_id']}/spends/{name}", order)
    if status != CREATED:
        raise SpendLostError(f"The till's spend was answered {status}: {spend}")
    message = wait_for_message(office, member["member_id"], spend["spend_id"])
    where = message["channel"] or "inbox"
    return f"A spend of {amount_fen / 100:.2f} yuan was taken, and its message is {message['state']} ({where})."


def wait_for_message(office: Caller, member_id: str, spend_id: str) -> dict[str, Any]:
    """The spend's message once it is no longer under way."""
    found: list[dict[str, Any]] = []

    def has_left() -> bool:
        status, answer = office.ask("GET", f"/v1/members/{member_id}/messages")
        if status != OK:
            raise SpendLostError(f"The member's messages were answered {status}: {answer}")
        found[:] = [one for one in answer["items"] if one["spend_id"] == spend_id]
        return bool(found) and found[0]["state"] not in UNDER_WAY

    try:
        processes.wait_until(
            has_left, what="The message of the spend", timeout_seconds=DEADLINE_SECONDS
        )
    except processes.DidNotComeUpError as error:
        state = found[0]["state"] if found else "not there"
        raise SpendLostError(
            f"The message of spend {spend_id} never left: it is {state}."
        ) from error
    return found[0]
