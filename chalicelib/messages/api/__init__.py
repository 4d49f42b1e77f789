"""The edges of messages: a member's own, a store's look, the trace of one, WeChat's accepts, rules and templates."""

from chalicelib.messages.api import desk, me, receipts, rules, templates, wechat

ROUTES = (me.routes, desk.routes, receipts.routes, rules.routes, templates.routes, wechat.routes)
