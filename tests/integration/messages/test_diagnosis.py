"""Why a message cannot be found: every verdict of the closed list by what really leads to it, and who may ask."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.access import service as access
from chalicelib.messages import built
from chalicelib.messages.model.diagnosis import CODES
from chalicelib.messages.model.evidence import Question
from chalicelib.messages.service.diagnose import Answer, Diagnosis
from chalicelib.messages.templates import diagnosis as words
from chalicelib.messages.templates.evidence import evidence
from infra.upstreams.launch import Running
from tests.house import House
from tests.integration.messages.flows import A_RECEIPT_LATER, FLOWS, Desk, Flow
from tests.integration.messages.test_over_the_stand_ins import upstreams as stand_ins

upstreams = stand_ins
SMS, WE_LOOK = {"name": {"en": "SMS"}}, {"en": "We look"}


@pytest.fixture
def desk(house: House, upstreams: Running) -> Iterator[Desk]:
    upstreams.world.change_settings({"sms_report_delay_s": 0})
    made = Desk(house, upstreams)
    yield made
    upstreams.world.faults.clear()
    made.rules()


@pytest.fixture
def incident_of(house: House) -> Iterator[Callable[[*tuple[str | None, ...]], str]]:
    """Opens one that names a component for each part, and gives its id; it is over with the test."""
    opened: list[str] = []

    def of(part: str | None) -> str:
        shown = house.office.get("/v1/components").json["items"]
        there: list[str] = [one["component_id"] for one in shown if one["part"] == part]
        made = there or [
            house.office.post("/v1/components", {**SMS, "part": part}).json["component_id"]
        ]
        return made[0]

    def open_one(*parts: str | None) -> str:
        components = [{"component_id": of(part), "status": "major_outage"} for part in parts]
        reply = house.office.post(
            "/v1/incidents", {**SMS, "body": WE_LOOK, "components": components}
        )
        assert reply.status == 201, reply.text
        opened.append(reply.json["incident_id"])
        return opened[-1]

    yield open_one
    over = {"status": "resolved", "body": WE_LOOK}
    for one in opened:
        assert house.office.post(f"/v1/incidents/{one}/updates", over).status == 201


def answer(desk: Desk, asked: Question) -> Answer:
    return Diagnosis(built.finder(), access.stores, desk.clock).answer(asked)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.code}-{flow.name}")
def test_what_really_happened_leads_to_its_verdict(desk: Desk, flow: Flow) -> None:
    verdict, known = answer(desk, flow.run(desk))
    assert (verdict.code, verdict.sure) == (flow.code, flow.sure)
    for staff in (True, False):
        for english in (True, False):
            told = words.told(verdict, known, staff=staff, english=english)
            assert told.says
            assert told.then
            assert "{" not in told.says + told.then
            assert desk.phone not in told.says


def test_every_verdict_of_the_list_has_a_flow() -> None:
    assert {flow.code for flow in FLOWS} == set(CODES)


def test_what_a_member_said_of_sms_and_when_is_evidence(desk: Desk) -> None:
    member_id = desk.member(consents={"sms": False})
    asked = Question(spend_id=desk.told(member_id))
    desk.house.member(member_id).patch("/v1/me", {"consents": {"sms": True}})
    verdict, known = answer(desk, asked)
    (said,) = [one for one in evidence(known) if one.what == "consent"]
    assert (verdict.code, said.says.en) == (
        "no_consent", "The member agreed to SMS in the mini program.",
    )  # fmt: skip
    assert said.at


def test_providers_that_are_not_used_now_are_evidence(desk: Desk) -> None:
    flow = next(one for one in FLOWS if one.name == "the_breakers_of_both_are_open")
    _, known = answer(desk, flow.run(desk))
    down = [one for one in evidence(known) if one.what == "provider_down"]
    assert {(one.provider, one.code) for one in down} == {
        ("tencent", "account: AuthFailure"), ("aliyun", "account: AuthFailure"),
    }  # fmt: skip
    assert all(one.at and "再试" in one.says.zh for one in down)


def test_a_carriers_word_is_told_plainly_beside_its_code(desk: Desk) -> None:
    desk.fault("MK:0001")
    spend_id = desk.told(desk.member(), A_RECEIPT_LATER)
    _, known = answer(desk, Question(spend_id=spend_id))
    (report,) = [one for one in evidence(known) if one.what == "report"]
    assert (report.says.zh, report.code, report.provider) == (
        "运营商：空号。", "MK:0001", "tencent",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("named", "touching", "others"),
    [
        (
            "booked_and_no_stream_came_yet",
            ("stream", "database"),
            ("till", "api", "sms", "sms:tencent", "wechat", "email", "status"),
        ),
        ("made_just_now", ("stream", "sms", "sms:aliyun", "wechat", "email"), ("till", "api")),
        (
            "a_provider_that_turns_us_away_at_its_door",
            ("stream", "sms", "sms:tencent"),
            ("till", "api", "sms:aliyun", "wechat", "email", "status"),
        ),
        ("the_breakers_of_both_are_open", ("sms", "sms:aliyun"), ("wechat", "email", "api")),
        (
            "accepted_and_the_carrier_is_silent",
            ("api", "stream", "sms:tencent"),
            ("till", "sms:aliyun", "wechat", "email"),
        ),
        ("wechat_took_it_and_hung", ("api", "wechat"), ("sms", "sms:tencent", "email", "status")),
        (
            "a_till_that_handed_in_one_record_and_not_the_one_before",
            ("till", "api", "database"),
            ("stream", "sms", "wechat"),
        ),
    ],
)
def test_an_incident_is_given_where_the_message_went_through_what_it_is_of(
    desk: Desk,
    incident_of: Callable[[*tuple[str | None, ...]], str],
    named: str,
    touching: tuple[str, ...],
    others: tuple[str, ...],
) -> None:
    wanted = [incident_of(part) for part in touching]
    wanted += [incident_of(None), incident_of(), incident_of(others[0], None)]
    wanted += [incident_of(*others, touching[0])]
    unwanted = {incident_of(part) for part in others}
    _, known = answer(desk, next(one for one in FLOWS if one.name == named).run(desk))
    told = {one.code for one in evidence(known) if one.what == "incident"}
    assert told >= set(wanted)
    assert not told & unwanted
