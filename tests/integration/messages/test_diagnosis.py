"""Why a message cannot be found: every verdict of the closed list by what really leads to it, and who may ask."""

from collections.abc import Iterator

import pytest

from chalicelib.access import service as access
from chalicelib.messages import built
from chalicelib.messages.model.diagnosis import CODES
from chalicelib.messages.model.evidence import Question
from chalicelib.messages.service.diagnose import Answer, Diagnosis
from chalicelib.messages.templates import diagnosis as words
from infra.upstreams.launch import Running
from tests.house import House
from tests.integration.messages.flows import A_RECEIPT_LATER, FLOWS, Desk, Flow
from tests.integration.messages.test_over_the_stand_ins import upstreams as stand_ins

upstreams = stand_ins


@pytest.fixture
def desk(house: House, upstreams: Running) -> Iterator[Desk]:
    upstreams.world.change_settings({"sms_report_delay_s": 0})
    made = Desk(house, upstreams)
    yield made
    upstreams.world.faults.clear()
    made.rules()


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
    (said,) = [one for one in words.evidence(known) if one.what == "consent"]
    assert (verdict.code, said.says.en) == (
        "no_consent", "The member agreed to SMS in the mini program.",
    )  # fmt: skip
    assert said.at


def test_providers_that_are_not_used_now_are_evidence(desk: Desk) -> None:
    flow = next(one for one in FLOWS if one.name == "the_breakers_of_both_are_open")
    _, known = answer(desk, flow.run(desk))
    down = [one for one in words.evidence(known) if one.what == "provider_down"]
    assert {(one.provider, one.code) for one in down} == {
        ("tencent", "account: AuthFailure"), ("aliyun", "account: AuthFailure"),
    }  # fmt: skip
    assert all(one.at and "再试" in one.says.zh for one in down)


def test_a_carriers_word_is_told_plainly_beside_its_code(desk: Desk) -> None:
    desk.fault("MK:0001")
    spend_id = desk.told(desk.member(), A_RECEIPT_LATER)
    _, known = answer(desk, Question(spend_id=spend_id))
    (report,) = [one for one in words.evidence(known) if one.what == "report"]
    assert (report.says.zh, report.code, report.provider) == (
        "运营商：空号。", "MK:0001", "tencent",
    )  # fmt: skip
