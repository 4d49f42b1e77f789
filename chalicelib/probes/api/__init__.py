"""The HTTP edges of this slice."""

from chalicelib.probes.api import probes, rules

ROUTES = (probes.routes, rules.routes)
