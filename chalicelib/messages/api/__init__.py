"""The edges of messages: a member's own, a store's look, the trace of one, WeChat's accepts, rules and templates."""

from chalicelib.messages.api import desk, me, receipts, resend, rules, templates, wechat

ROUTES = (
    me.routes,
    desk.routes,
    receipts.routes,
    resend.routes,
    rules.routes,
    templates.routes,
    wechat.routes,
)
