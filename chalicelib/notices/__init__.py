"""Notices of what is down: who wants them, and how each gets every one of them once."""
