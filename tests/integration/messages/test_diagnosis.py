"""Why a message cannot be found: every verdict of the closed list by what really leads to it, and who may ask."""

from collections.abc import Iterator

import pytest

from chalicelib.access import service as access
from chalicelib.messages import built
from chalicelib.messages.model.diagnosis import CODES
from chalicelib.messages.service.diagnose import Answer, Diagnosis, Question
from chalicelib.messages.templates import diagnosis as words
from infra.upstreams.launch import Running
from tests.house import House
from tests.integration.messages.flows import FLOWS, Desk, Flow
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
