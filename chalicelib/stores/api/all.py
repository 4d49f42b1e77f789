"""All of them: Lambda imports only the one that a call is for."""

from chalicelib.stores.api import devices, figures, held, replays, shifts

ROUTES = (devices.routes, replays.routes, held.routes, shifts.routes, figures.routes)
