"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.probes.api import probes, rules

ROUTES = (probes.routes, rules.routes)
