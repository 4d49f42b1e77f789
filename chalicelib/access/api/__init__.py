"""The edges of access: what head office registers, and how staff log in."""

from chalicelib.access.api import staff, stores

ROUTES = (stores.routes, staff.routes)
