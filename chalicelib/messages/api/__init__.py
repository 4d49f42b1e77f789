"""The edges of messages: a member's own, a store's look, the trace of one, and WeChat's accepts."""

from chalicelib.messages.api import desk, me

ROUTES = (me.routes, desk.routes)
