"""A member's messages page by page, for the member and for a store alike."""

from chalicelib.access import paging
from chalicelib.adapters.http import Call, Paging
from chalicelib.members.model import Trail
from chalicelib.messages import built
from chalicelib.messages.api.views import MessageList, message_view


def messages_of(call: Call, member_id: str, query: Paging) -> MessageList:
    """Newest first, those of joined members after the member's own. Raises BadCursor, NotFound."""
    scope = paging.scope(call, f"messages {member_id}")
    at = paging.opened(scope, query.cursor)
    finder = built.finder()
    page = finder.page(Trail.of(at) if at else finder.start(member_id), query.limit)
    return MessageList(
        [message_view(message, english=call.english) for message in page.messages],
        paging.sealed(scope, page.next and page.next.told()),
    )
