"""The chain's probe rules: read and written by head office."""

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest
from chalicelib.probes import rulebook
from chalicelib.probes.model.rules import ProbeRules, check

routes = Routes(__name__)


@routes.declare("GET", "/v1/probe-rules", needs="rules:read", answers={200: ProbeRules})
def get_probe_rules(_call: Call) -> Answer:
    """The probe rules as they are kept now, with the ETag that a change names."""
    rules, version = rulebook.rules()
    return Answer(rules, headers=tagged(version))


@routes.declare(
    "PUT",
    "/v1/probe-rules",
    needs="rules:write",
    takes=ProbeRules,
    answers={200: ProbeRules},
    raises=(InvalidRequest, ConditionMissing, Gone),
)
def put_probe_rules(call: Call, body: ProbeRules) -> Answer:
    """Replace the probe rules; the next minute's round goes by them. A probe that is not named is as by default."""
    check(body)
    version = rulebook.save(body, known_version(call), stamp(call))
    return Answer(body, headers=tagged(version))
