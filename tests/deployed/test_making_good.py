"""An incident that is over: whom it touched, and what they are given, by stream and clock of a deployed stack."""

import random
from collections.abc import Callable
from typing import Any

import urllib3

from infra.local import processes

PATIENCE_S = 120


def caller(stack: dict[str, Any], token: str) -> Callable[..., Any]:
    """Ask the API as whoever holds the token; what it answers, with its status and ETag."""

    def ask(method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401
        answer = urllib3.request(
            method,
            stack["api_url"] + path,
            json=body,
            headers={"Authorization": f"Bearer {token}", **headers},
            retries=False,
            timeout=30,
        )
        return {**answer.json(), "http": answer.status, "tag": answer.headers.get("ETag")}

    return ask


def test_whom_an_incident_touched_is_found_and_given_once(stack: dict[str, Any]) -> None:
    store = stack["stores"][0]
    till, office = caller(stack, store["terminal_key"]), caller(stack, stack["operator_key"])
    number = random.randrange(10**7)
    member = till("POST", "/v1/members", {"phone": f"1390{number:07d}", "consents": {}})
    component = office("POST", "/v1/components", {"name": {"zh": f"收银{number}"}})
    body = {
        "name": {"zh": "收银故障"},
        "body": {"zh": "正在查找原因。"},
        "components": [{"component_id": component["component_id"], "status": "major_outage"}],
    }
    incident = office("POST", "/v1/incidents", body)
    paid = {"payments": [{"method": "cash", "amount_fen": 100}], "total_fen": 100}
    spends = f"/v1/stores/{store['store_id']}/spends"
    assert till("PUT", f"{spends}/g-{number}", {"member_id": member["member_id"], **paid})[
        "spend_id"
    ]
    path = f"/v1/incidents/{incident['incident_id']}"
    over = {"status": "resolved", "body": {"zh": "已恢复。"}}
    assert office("POST", f"{path}/updates", over)["http"] == 201

    card = f"/v1/members/{member['member_id']}"
    before = till("GET", card)["points"]
    gift = {"points": 50}
    assert office("POST", f"{path}/amends/preview", gift)["http"] == 202
    found = wait_for(office, path, "found")
    assert found["found"]["members"] >= 1
    given = {"gift": gift, "reason": "收银故障补偿"}
    assert office("PUT", f"{path}/amends", given, **{"If-Match": found["tag"]})["http"] == 201
    done = wait_for(office, path, "given")
    assert done["result"]["given"] == found["found"]["members"]
    assert office("PUT", f"{path}/amends", given, **{"If-Match": found["tag"]})["http"] == 200
    assert till("GET", card)["points"] == before + 50
    processes.wait_until(
        lambda: "grant" in {one["kind"] for one in till("GET", f"{card}/messages")["items"]},
        what="the member's message",
        timeout_seconds=PATIENCE_S,
    )


def wait_for(office: Callable[..., Any], path: str, phase: str) -> Any:  # noqa: ANN401
    def amends() -> Any:  # noqa: ANN401
        return office("GET", f"{path}/amends")

    processes.wait_until(
        lambda: amends()["phase"] == phase,
        what=f"the phase {phase}",
        timeout_seconds=PATIENCE_S,
    )
    return amends()
