"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.access.api import permissions, staff, stores

ROUTES = (stores.routes, staff.routes, permissions.routes)
