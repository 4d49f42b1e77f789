"""The same world as that of the access tests: something of everything."""

from tests.integration.access.conftest import world

__all__ = ["world"]
