"""The routes of the stores, one file for each noun."""

from chalicelib.stores.api import devices, figures, held, replays, shifts

ROUTES = (devices.routes, replays.routes, held.routes, shifts.routes, figures.routes)
