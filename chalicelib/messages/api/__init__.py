"""The edges of messages: a member's own, a store's look, search, diagnosis, what is pushed, rules and templates."""

from chalicelib.messages.api import (
    care,
    desk,
    diagnosis,
    me,
    months,
    providers,
    receipts,
    resend,
    rules,
    search,
    templates,
    wechat,
)

ROUTES = (
    me.routes,
    months.routes,
    desk.routes,
    diagnosis.routes,
    providers.routes,
    receipts.routes,
    resend.routes,
    rules.routes,
    search.routes,
    templates.routes,
    wechat.routes,
    care.routes,
)
