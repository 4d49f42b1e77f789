"""The edges of access: what head office registers, how staff log in, and who may do what."""

from chalicelib.access.api import permissions, staff, stores

ROUTES = (stores.routes, staff.routes, permissions.routes)
