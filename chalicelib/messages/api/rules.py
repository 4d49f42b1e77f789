"""The chain's message rules: read and written by head office."""

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest
from chalicelib.messages import rulebook
from chalicelib.messages.model.rules import MessageRules, check

routes = Routes(__name__)


@routes.declare("GET", "/v1/message-rules", needs="rules:read", answers={200: MessageRules})
def get_message_rules(_call: Call) -> Answer:
    """The message rules as they are kept now, with the ETag that a change names."""
    rules, version = rulebook.rules(consistent=True)
    return Answer(rules, headers=tagged(version))


@routes.declare(
    "PUT",
    "/v1/message-rules",
    needs="rules:write",
    takes=MessageRules,
    answers={200: MessageRules},
    raises=(InvalidRequest, ConditionMissing, Gone),
)
def put_message_rules(call: Call, body: MessageRules) -> Answer:
    """Replace the message rules; they hold everywhere within a minute, for what is sent from then on."""
    check(body)
    version = rulebook.save(body, known_version(call), stamp(call))
    rulebook.forget()
    return Answer(body, headers=tagged(version))
