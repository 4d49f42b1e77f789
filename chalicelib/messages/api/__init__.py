"""The edges of messages: a member's own, a store's look, the trace of one, WeChat's accepts, rules and templates."""

from chalicelib.messages.api import (
    desk,
    diagnosis,
    me,
    providers,
    receipts,
    resend,
    rules,
    templates,
    wechat,
)

ROUTES = (
    me.routes,
    desk.routes,
    diagnosis.routes,
    providers.routes,
    receipts.routes,
    resend.routes,
    rules.routes,
    templates.routes,
    wechat.routes,
)
