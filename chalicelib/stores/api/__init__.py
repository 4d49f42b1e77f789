"""The routes of the stores, one file for each noun."""

from chalicelib.access.edge import Routes

ROUTES: tuple[Routes, ...] = ()
