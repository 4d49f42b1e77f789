"""The routes of the status page: for everybody, and for the operators who write it."""

from chalicelib.outages.api import (
    components,
    documents,
    incidents,
    maintenances,
    prepared,
    public,
    responding,
    settings,
    stores,
)
from chalicelib.outages.api.routes import routes

__all__ = [
    "components",
    "documents",
    "incidents",
    "maintenances",
    "prepared",
    "public",
    "responding",
    "routes",
    "settings",
    "stores",
]
