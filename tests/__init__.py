"""Tests: unit (no socket), integration (tables, streams), contract (rules of the house)."""
