"""Messages, for stores and the office: those of a member, and the trace of one."""

from chalicelib.access.edge import Routes
from chalicelib.adapters.http import Call, Paging
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.messages import built
from chalicelib.messages.api.lists import messages_of
from chalicelib.messages.api.views import LifeView, MessageList, life_view

routes = Routes(__name__)


@routes.declare(
    "GET",
    "/v1/members/{member_id}/messages",
    needs="message:read",
    asks=Paging,
    answers={200: MessageList},
    raises=(BadCursor, NotFound),
)
def get_member_messages(call: Call, member_id: str, query: Paging) -> MessageList:
    """A member's messages, newest first."""
    return messages_of(call, member_id, query)


@routes.declare(
    "GET",
    "/v1/messages/{message_id}",
    needs="message:read",
    answers={200: LifeView},
    raises=(NotFound,),
)
def get_message(call: Call, message_id: str) -> LifeView:
    """One message with every attempt and every decision, and its whole life in the order of time."""
    message, copies = built.finder().life(message_id)
    return life_view(message, copies, english=call.english)
