"""Sending a message again, by those who may."""

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import WrongStore
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.words import Reason
from chalicelib.messages.api.views import TraceView, trace_view
from chalicelib.messages.model.resend import MessageUnderWay, OutcomeInDoubt, ResentEnough
from chalicelib.messages.service.resend import resend

routes = Routes(__name__)


class ResendRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`reason` stands in the message's trace, with who asked for it."""

    reason: Reason


@routes.declare(
    "POST",
    "/v1/messages/{message_id}/resend",
    needs="message:resend",
    takes=ResendRequest,
    answers={202: TraceView},
    raises=(NotFound, WrongStore, MessageUnderWay, ResentEnough, OutcomeInDoubt),
)
def post_message_resend(call: Call, message_id: str, body: ResendRequest) -> Answer:
    """Send a message again, within a minute; three times at the most, over no channel that is in doubt."""
    message = resend(message_id, body.reason, stamp(call), call.caller.store, clock.now)
    return Answer(trace_view(message, english=call.english), status=202)
