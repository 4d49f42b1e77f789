"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.notices.api import forms, groups, me, progress, subscriptions

ROUTES = (subscriptions.routes, forms.routes, me.routes, groups.routes, progress.routes)
