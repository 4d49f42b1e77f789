"""Tests that need tables, streams or whole flows."""
