"""With every other table gone, every other function failing and the upstreams off, the status page stands.

It can be read, and written: by the API, and where that is gone too, straight into the bucket. The times are printed.
"""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import boto3
import pytest
import urllib3

from infra.functions import FUNCTIONS
from infra.local import processes, services
from infra.local.places import read_json
from infra.tables import TABLES
from tests.deployed.conftest import LocalStack

ALONE = {"StatusHandler", "Publish"}
OTHERS = {one.logical_id for one in FUNCTIONS} - ALONE
DEADLINE_S = 180


class Ruin:
    """The stack, of which one part after the other is broken."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.outputs: dict[str, str] = read_json(stack.places.deployed_file)["outputs"]
        self.session = boto3.Session("local", "local", region_name="us-east-1")
        self.handlers: dict[str, str] = {}
        self.began = time.monotonic()

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3
        return self.session.client(service, endpoint_url=self.stack.addresses["aws_endpoint_url"])

    def break_functions(self, names: Iterable[str]) -> None:
        functions = self.client("lambda")
        for name in names:
            known = functions.get_function_configuration(FunctionName=self.outputs[name])
            self.handlers[name] = known["Handler"]
            functions.update_function_configuration(
                FunctionName=self.outputs[name], Handler="nowhere.nothing"
            )

    def mend_functions(self, names: Iterable[str]) -> None:
        for name in names:
            self.client("lambda").update_function_configuration(
                FunctionName=self.outputs[name], Handler=self.handlers[name]
            )

    def drop_tables(self) -> None:
        for table in TABLES:
            if table.name != "outages":
                self.client("dynamodb").delete_table(TableName=self.outputs[table.logical_id])

    def stop_upstreams(self) -> None:
        assert services.end(self.stack.places, "upstreams")

    def api(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        found = self.stack.addresses
        answer = urllib3.request(
            method,
            found["api_url"] + path,
            json=body,
            headers={"Authorization": f"Bearer {found['operator_key']}"},
            retries=False,
            timeout=30,
        )
        return answer.status, json.loads(answer.data)

    def page(self, path: str = "") -> str:
        url = self.stack.addresses["static_status_url"] + path
        answer = urllib3.request("GET", url, retries=False, timeout=30)
        return answer.data.decode() if answer.status == 200 else ""

    def wait_for(self, words: str) -> None:
        processes.wait_until(
            lambda: words in self.page(), what=f"the page with {words}", timeout_seconds=DEADLINE_S
        )
        self.told(f"the page says {words}")

    def waits(self) -> bool:
        bucket = self.outputs["StatusBucket"]
        found = self.client("s3").list_objects_v2(Bucket=bucket, Prefix="journal/")
        return bool(found.get("Contents"))

    def from_the_laptop(self, *arguments: str) -> str:
        place = {
            "AWS_ENDPOINT_URL": self.stack.addresses["aws_endpoint_url"],
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        bucket = self.outputs["StatusBucket"]
        return self.stack.run("infra.console", "status", "--bucket", bucket, *arguments, env=place)

    def told(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {what}")  # noqa: T201


@pytest.fixture
def ruin(local_stack: LocalStack) -> Iterator[Ruin]:
    yield Ruin(local_stack)
    local_stack.forget()


def test_the_page_is_read_and_written_while_all_else_is_down(ruin: Ruin) -> None:
    ruin.wait_for("消费通知")

    ruin.break_functions(OTHERS)
    ruin.drop_tables()
    ruin.stop_upstreams()
    ruin.told("all else is down")
    assert ruin.api("GET", "/healthz")[0] >= 500
    assert "消费通知" in ruin.page()

    (part, *_) = ruin.api("GET", "/v1/components")[1]["items"]
    status, incident = ruin.api(
        "POST",
        "/v1/incidents",
        {
            "name": {"zh": "全部门店无法收银", "en": "Tills are down"},
            "body": {"zh": "正在排查"},
            "components": [{"component_id": part["component_id"], "status": "major_outage"}],
        },
    )
    assert status == 201, incident
    ruin.told("the operator published by the API")
    ruin.wait_for("全部门店无法收银")

    ruin.break_functions(ALONE)
    ruin.told("the status room is down too")
    assert ruin.api("GET", "/v1/incidents")[0] >= 500
    incident_id = incident["incident_id"]
    update = ("--status", "identified", "--body-zh", "机房断电，正在切换")
    ruin.from_the_laptop("update", incident_id, *update)
    ruin.told("the operator published from a laptop")
    ruin.wait_for("机房断电，正在切换")
    summary = json.loads(ruin.page("api/v2/summary.json"))
    assert [each["status"] for each in summary["incidents"]] == ["identified"]
    assert ruin.waits()

    ruin.mend_functions(ALONE)
    processes.wait_until(
        lambda: not ruin.waits(), what="the journal to be taken in", timeout_seconds=DEADLINE_S
    )
    ruin.told("the table has what the laptop wrote")
    known = ruin.api("GET", f"/v1/incidents/{incident_id}")[1]
    assert [each["status"] for each in known["updates"]].count("identified") == 1
    assert len(known["updates"]) == 2
    ruin.wait_for("机房断电，正在切换")
