"""The API against its own document: no 5xx, no answer that the document does not allow, whoever asks."""

import zlib
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckFunction, checks
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.adapters.http import Endpoint
from infra import openapi
from tests.client import Client
from tests.gateway import BASE, session
from tests.integration.access.catalogue import ENDPOINTS, let_in
from tests.integration.access.world import World

EXAMPLES = 12
CONFORMS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
DECLARED = {(each.method, each.path): each for each in ENDPOINTS}
_generation = GenerationConfig(
    max_examples=EXAMPLES, deterministic=True, database="none", with_security_parameters=False
)
_phases = PhasesConfig(coverage=CoveragePhaseConfig(unexpected_methods=set()))  # no route, no code
_projects = ProjectsConfig(default=ProjectConfig(generation=_generation, phases=_phases))
schema = schemathesis.openapi.from_dict(
    openapi.document(), config=SchemathesisConfig(projects=_projects)
)


def callers(world: World) -> list[Callable[[Endpoint], Client]]:
    """Mostly one who may; also tills, members, nobody, and one with a proof that is none."""
    house = world.house
    member = house.member(world.other_member_id)
    others = (house.till, house.other_till, house.office, member, house.public)
    forged = house.public.holding("eyJhbGciOiJub25lIn0.e30.")
    return [
        *[lambda endpoint: let_in(world, endpoint)] * 7,
        *[(lambda _, who=who: who) for who in (*others, forged)],
    ]


@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_as_the_document_says(case: Case[Any], world: World) -> None:
    endpoint = DECLARED[case.method.upper(), case.path]
    mark = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if mark % 2:
        case.path_parameters = {**(case.path_parameters or {}), **world.values(endpoint)}
    who = callers(world)[mark % 13](endpoint)
    with session(who) as line:
        case.call_and_validate(base_url=BASE, session=line, checks=checked(endpoint))


def checked(endpoint: Endpoint) -> list[CheckFunction]:
    """A house that is not ready says so with 503. In a query string, `null` for a date says that it is left out."""
    alive = [] if endpoint.path == "/readyz" else [checks.not_a_server_error]
    strict = [] if endpoint.asks else [negative_data_rejection]
    return [*CONFORMS, *alive, *strict]
