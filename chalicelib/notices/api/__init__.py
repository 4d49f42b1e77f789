"""The routes of notices: subscribing and leaving for everybody; for operators groups of staff, and how far one is."""

from chalicelib.notices.api import groups, me, progress, subscriptions

ROUTES = (subscriptions.routes, me.routes, groups.routes, progress.routes)
