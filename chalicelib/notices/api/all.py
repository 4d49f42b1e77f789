"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.notices.api import forms, groups, me, progress, subscribers, subscriptions

ROUTES = (
    subscriptions.routes, forms.routes, me.routes, groups.routes, subscribers.routes, progress.routes,
)  # fmt: skip
