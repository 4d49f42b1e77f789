"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.notices.api import groups, me, progress, subscriptions

ROUTES = (subscriptions.routes, me.routes, groups.routes, progress.routes)
