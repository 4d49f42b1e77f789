"""One outage told to its end: from the probe that sees it to what members are given for it. The times are printed."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
import urllib3

from chalicelib.kernel import clock
from infra.deployment.smoke import TICK
from infra.local import processes
from infra.local.places import read_json
from tests.deployed.conftest import LocalStack
from tests.figures import show

PATIENCE_S = 180  # of each step
REST_S = 41  # of a probe between two results, so that a clock a little early counts too
PROBE = "wechat_token"
SOON = {"probe": PROBE, "every_minutes": 1, "fails": 1, "of": 1, "recovers": 1}
BY_ITSELF = "sms_aliyun"  # the chain lets this one publish what it sees
RULES = [SOON, {**SOON, "probe": BY_ITSELF, "auto_publish": True}]
AWAY = {"kind": "http_error", "status": 502, "times": "always"}
TITLE, WELL = "微信服务异常", "该部分已恢复正常"
GIFT = {"points": 50}
Ask = Callable[..., Any]


class Story:
    """The stack, those who act in it, and the seconds since it began."""

    def __init__(self, stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
        self.addresses = stack.addresses
        self.functions = read_json(stack.places.deployed_file)["outputs"]
        self.store = self.addresses["stores"][0]
        self.office = self.asks_as(self.addresses["operator_key"])
        self.till = self.asks_as(self.store["terminal_key"])
        self.number = random.randrange(10**7)
        self.capsys = capsys
        self.began = time.monotonic()
        session = boto3.Session("local", "local", region_name=self.addresses["region"])
        self.emulator = session.client("lambda", endpoint_url=self.addresses["aws_endpoint_url"])

    def asks_as(self, token: str) -> Ask:
        """What the API answers to whoever holds the token, with its status and ETag."""

        def ask(method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401
            answer = urllib3.request(
                method,
                self.addresses["api_url"] + path,
                json=body,
                headers={"Authorization": f"Bearer {token}", **headers},
                retries=False,
                timeout=30,
            )
            return {**answer.json(), "http": answer.status, "tag": answer.headers.get("ETag")}

        return ask

    def page(self, path: str = "index.html") -> str:
        """What members read behind the front door; empty where there is no such page."""
        url = self.addresses["static_status_url"] + path
        answer = urllib3.request("GET", url, retries=False, timeout=30)
        return answer.data.decode() if answer.status == 200 else ""

    def summary(self) -> Any:  # noqa: ANN401
        return json.loads(self.page("api/v2/summary.json"))

    def letters(self) -> list[dict[str, str]]:
        """All that were sent to the subscriber."""
        path = f"outbox?channel=mail&to={self.mail}"
        found: list[dict[str, str]] = self.control("GET", path)["items"]
        return found

    @property
    def mail(self) -> str:
        return f"reader{self.number}@chain.invalid"

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
        url = f"{self.addresses['upstreams_url']}/_control/{path}"
        answer = urllib3.request(method, url, json=body, timeout=10)
        assert answer.status < 300, answer.data
        return answer.json()

    def tick(self, function: str) -> None:
        """The clock's minute, now."""
        self.emulator.invoke(FunctionName=self.functions[function], Payload=json.dumps(TICK))

    def probes(self) -> dict[str, Any]:
        return {one["probe"]: one for one in self.office("GET", "/v1/probes")["items"]}

    def standing(self) -> str:
        """Of the probe that the story is about; the clock is not waited for, only the rest between two results."""
        probe = self.probes()[PROBE]
        last = datetime.fromisoformat(probe["results"][0]["at"])
        if (clock.now() - last).total_seconds() < REST_S:
            return str(probe["standing"])
        self.tick("Probe")
        return str(self.probes()[PROBE]["standing"])

    def soon(self, what: str, is_so: Callable[[], bool]) -> None:
        processes.wait_until(is_so, what=what, timeout_seconds=PATIENCE_S)
        self.told(what)

    def told(self, what: str) -> None:
        show(self.capsys, f"{time.monotonic() - self.began:6.1f} s  {what}")


@pytest.fixture
def story(local_stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> Iterator[Story]:
    told = Story(local_stack, capsys)
    rules = ("PUT", "/v1/probe-rules")
    assert told.office(*rules, {"rules": RULES}, **{"If-Match": "*"})["http"] == 200
    yield told
    told.control("DELETE", "faults")
    told.office(*rules, {"rules": []}, **{"If-Match": "*"})


def test_an_outage_from_its_probe_to_what_members_are_given_for_it(story: Story) -> None:
    component_id = a_component(story, "微信接口", "wechat")
    sms_id = a_component(story, "阿里云短信", "sms:aliyun")
    a_reader_subscribes(story, component_id)
    incident_id = a_probe_drafts_an_incident(story, component_id)
    published_id = another_probe_publishes_by_itself(story, sms_id)
    head_office_publishes_it(story, incident_id)
    member_id = somebody_spends(story)
    it_ends_with_the_recovery(story, component_id, incident_id)
    so_does_what_was_published_by_itself(story, sms_id, published_id)
    who_was_touched_is_found_and_given_once(story, incident_id, member_id)


def a_component(story: Story, name: str, part: str) -> str:
    asked = {"name": {"zh": f"{name}{story.number}"}, "part": part}
    return str(story.office("POST", "/v1/components", asked)["component_id"])


def a_reader_subscribes(story: Story, component_id: str) -> None:
    """As a browser does: by the form of the page, sent to where it says."""
    scope = f"components:{component_id}"
    story.soon("the form names the part", lambda: f'"{scope}"' in story.page("subscribe.html"))
    action = re.search(r'<form [^>]*action="([^"]+)"', story.page("subscribe.html"))
    assert action
    typed = {"address": story.mail, "scope": scope, "language": "zh-CN"}
    url = story.addresses["static_status_url"] + action[1]
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = urllib3.request("POST", url, body=urlencode(typed), headers=kind, timeout=30)
    assert answer.status == 202, answer.data.decode()
    assert "请到邮箱里确认" in answer.data.decode()
    story.soon("a reader is asked to confirm", lambda: len(story.letters()) == 1)
    link = re.search(r"\S+/confirm", story.letters()[0]["text"])
    assert link
    assert urllib3.request("POST", link[0], timeout=30).status == 200


def a_probe_drafts_an_incident(story: Story, component_id: str) -> str:
    def all_well() -> bool:
        story.tick("Probe")
        found = story.probes().values()
        answered = all(any(one["good"] for one in each["results"]) for each in found)
        return answered and all(each["standing"] != "bad" for each in found)

    story.soon("each part answers its probe", all_well)
    assert story.probes().keys() >= {
        "database_write",
        "stream_lag",
        "sms_tencent",
        "sms_aliyun",
        "email",
        "page_age",
        "api_1",
    }

    for upstream in ("aliyun", "wechat"):
        story.control("POST", "faults", {**AWAY, "endpoint": f"{upstream}.*"})
    story.told("WeChat and an SMS provider stay away")
    story.soon("its probe turns bad", lambda: story.standing() == "bad")
    story.soon("a draft is there", lambda: bool(story.probes()[PROBE]["incident_id"]))
    incident_id: str = story.probes()[PROBE]["incident_id"]
    draft = story.office("GET", f"/v1/incidents/{incident_id}")
    assert (draft["name"]["zh"], draft["public"]) == (TITLE, False)
    assert status_of(story, component_id) == "partial_outage"

    story.tick("Publish")
    assert shown_of(story, component_id) == "partial_outage"
    assert incident_id not in story.page()
    assert not story.page(f"incidents/{incident_id}.html")
    story.told("the page shows the component, and nothing of the draft")
    return incident_id


def another_probe_publishes_by_itself(story: Story, component_id: str) -> str:
    """Where the chain says so nobody's word is needed."""

    def opened() -> str:
        return str(story.probes()[BY_ITSELF]["incident_id"] or "")

    story.soon("another probe opens an incident", lambda: bool(opened()))
    incident = story.office("GET", f"/v1/incidents/{opened()}")
    assert (incident["name"]["zh"], incident["public"]) == ("短信可能延迟", True)
    story.soon("the page shows that one", lambda: opened() in story.page())
    assert shown_of(story, component_id) == "partial_outage"
    return opened()


def head_office_publishes_it(story: Story, incident_id: str) -> None:
    path = f"/v1/incidents/{incident_id}"
    draft = story.office("GET", path)
    public = {"public": True, "severity": "sev3"}
    assert story.office("PATCH", path, public, **{"If-Match": draft["tag"]})["http"] == 200
    story.told("head office publishes it")
    story.soon("the page shows it", lambda: incident_id in story.page())
    assert TITLE in story.page(f"incidents/{incident_id}.html")
    story.soon("the reader has the notice", lambda: len(story.letters()) == 2)
    assert f"故障：{TITLE}" in story.letters()[1]["subject"]


def somebody_spends(story: Story) -> str:
    phone = f"1390{story.number:07d}"
    member = story.till("POST", "/v1/members", {"phone": phone, "consents": {}})
    paid = {"payments": [{"method": "cash", "amount_fen": 100}], "total_fen": 100}
    path = f"/v1/stores/{story.store['store_id']}/spends/story-{story.number}"
    assert story.till("PUT", path, {"member_id": member["member_id"], **paid})["http"] == 201
    story.told("a member spends")
    return str(member["member_id"])


def it_ends_with_the_recovery(story: Story, component_id: str, incident_id: str) -> None:
    story.control("DELETE", "faults")
    story.told("WeChat is back")
    story.soon("its probe is well, and watched", lambda: story.standing() == "watched")
    incident = f"/v1/incidents/{incident_id}"
    story.soon("it is resolved", lambda: story.office("GET", incident)["status"] == "resolved")
    assert status_of(story, component_id) == "operational"
    story.soon("the page says so", lambda: WELL in story.page(f"incidents/{incident_id}.html"))
    assert shown_of(story, component_id) == "operational"
    assert incident_id not in [one["id"] for one in story.summary()["incidents"]]
    story.soon("the reader has the notice of it", lambda: len(story.letters()) == 3)
    assert f"故障已恢复：{TITLE}" in story.letters()[2]["subject"]


def so_does_what_was_published_by_itself(story: Story, component_id: str, incident_id: str) -> None:
    incident = f"/v1/incidents/{incident_id}"
    story.soon(
        "the other is resolved", lambda: story.office("GET", incident)["status"] == "resolved"
    )
    story.soon("the page says so", lambda: WELL in story.page(f"incidents/{incident_id}.html"))
    assert (status_of(story, component_id), shown_of(story, component_id)) == ("operational",) * 2


def who_was_touched_is_found_and_given_once(story: Story, incident_id: str, member_id: str) -> None:
    incident, card = f"/v1/incidents/{incident_id}", f"/v1/members/{member_id}"
    before = story.till("GET", card)["points"]
    assert story.office("POST", f"{incident}/amends/preview", GIFT)["http"] == 202
    story.soon("who was touched is found", lambda: amends(story, incident)["phase"] == "found")
    affected = story.office("GET", f"{incident}/affected?limit=100")["items"]
    (own,) = (one for one in affected if one["member_id"] == member_id)
    assert {each["reason"] for each in own["reasons"]} == {"spent"}

    found = amends(story, incident)
    give = {"gift": GIFT, "reason": "微信故障补偿"}, {"If-Match": found["tag"]}
    assert story.office("PUT", f"{incident}/amends", give[0], **give[1])["http"] == 201
    story.soon("they are given points", lambda: amends(story, incident)["phase"] == "given")
    assert amends(story, incident)["result"]["given"] == found["found"]["members"]
    assert story.office("PUT", f"{incident}/amends", give[0], **give[1])["http"] == 200
    assert story.till("GET", card)["points"] == before + GIFT["points"]

    def kinds() -> set[str]:
        return {one["kind"] for one in story.till("GET", f"{card}/messages")["items"]}

    story.soon("the member has the message of it", lambda: "grant" in kinds())


def amends(story: Story, incident: str) -> Any:  # noqa: ANN401
    return story.office("GET", f"{incident}/amends")


def status_of(story: Story, component_id: str) -> str:
    return str(story.office("GET", f"/v1/components/{component_id}")["status"])


def shown_of(story: Story, component_id: str) -> str:
    """What the page says of a component."""
    components = story.summary()["components"]
    return next(str(one["status"]) for one in components if one["id"] == component_id)
