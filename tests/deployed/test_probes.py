"""A provider that stays away, seen by the probes of a deployed stack: on the page at a tick, off it at another."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from infra.local import processes
from tests.deployed.test_making_good import caller

PATIENCE_S = 180  # each step waits for a tick of the clock, the first for the slowest probe
SOON = {
    "probe": "wechat_token",
    "every_minutes": 1,
    "fails": 1,
    "of": 1,
    "recovers": 1,
    "auto_publish": True,
}


@pytest.fixture
def office(stack: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    ask = caller(stack, stack["operator_key"])
    assert ask("PUT", "/v1/probe-rules", {"rules": [SOON]}, **{"If-Match": "*"})["http"] == 200
    yield ask
    faults(stack, "DELETE")
    ask("PUT", "/v1/probe-rules", {"rules": []}, **{"If-Match": "*"})


def test_each_part_answers_its_probe_and_one_that_stays_away_is_on_the_page_and_off_it_again(
    stack: dict[str, Any], office: Callable[..., Any]
) -> None:
    part = {"name": {"zh": "微信接口"}, "part": "wechat"}
    component = f"/v1/components/{office('POST', '/v1/components', part)['component_id']}"
    soon("an answer to each probe", lambda: all(answered(one) for one in probes(office)))
    names = {one["probe"] for one in probes(office)}
    assert names >= {"database_write", "stream_lag", "sms_tencent", "page_age", "api_1"}

    fault = {"endpoint": "wechat.*", "kind": "http_error", "status": 502, "times": "always"}
    faults(stack, "POST", fault)
    soon("the incident on the page", lambda: "微信服务异常" in shown(stack))
    assert office("GET", component)["status"] == "partial_outage"
    faults(stack, "DELETE")
    soon("an end of it", lambda: "微信服务异常" not in shown(stack))
    assert office("GET", component)["status"] == "operational"
    (one,) = (one for one in probes(office) if one["probe"] == "wechat_token")
    assert one["standing"] == "watched"
    assert office("GET", f"/v1/incidents/{one['incident_id']}")["status"] == "resolved"


def probes(office: Callable[..., Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office("GET", "/v1/probes")["items"]
    return found


def answered(probe: dict[str, Any]) -> bool:
    return any(result["good"] for result in probe["results"])


def shown(stack: dict[str, Any]) -> set[str]:
    """The titles of the open incidents that members read."""
    page = urllib3.request("GET", stack["static_status_url"] + "mini.json", timeout=10)
    return {one["title"] for one in page.json()["incidents"]}


def faults(stack: dict[str, Any], method: str, fault: dict[str, Any] | None = None) -> None:
    url = stack["upstreams_url"] + "/_control/faults"
    assert urllib3.request(method, url, json=fault, timeout=10).status < 300


def soon(what: str, is_so: Callable[[], bool]) -> None:
    processes.wait_until(is_so, what=what, timeout_seconds=PATIENCE_S)
