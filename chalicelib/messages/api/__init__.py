"""The edges of messages: a member's own, a store's look, the trace of one, WeChat's accepts, and the chain's rules."""

from chalicelib.messages.api import desk, me, receipts, rules, wechat

ROUTES = (me.routes, desk.routes, receipts.routes, rules.routes, wechat.routes)
