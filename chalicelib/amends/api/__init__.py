"""The routes of making good."""

from chalicelib.amends.api.amends import routes

ROUTES = (routes,)
