"""The routes of all rooms, for the whole app and for the document; no function of Lambda's imports them all."""

from chalicelib.access.api.all import ROUTES as ACCESS
from chalicelib.amends.api import ROUTES as AMENDS
from chalicelib.front import api as front
from chalicelib.ledger.api.all import ROUTES as LEDGER
from chalicelib.messages.api.all import ROUTES as MESSAGES
from chalicelib.notices.api.all import ROUTES as NOTICES
from chalicelib.outages import api as outages
from chalicelib.probes.api.all import ROUTES as PROBES
from chalicelib.stores.api.all import ROUTES as STORES

STATUS = outages.routes  # a function of its own serves them
ROUTES = (
    *ACCESS, *LEDGER, *STORES, *MESSAGES, *NOTICES, *AMENDS, *PROBES, STATUS, front.routes,
)  # fmt: skip
