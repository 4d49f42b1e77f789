"""The routes of notices: subscribing and leaving for everybody, how far a notice is for operators."""

from chalicelib.notices.api import progress, subscriptions

ROUTES = (subscriptions.routes, progress.routes)
