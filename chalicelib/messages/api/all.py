"""All of them: Lambda imports only the one that a call is for."""

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
