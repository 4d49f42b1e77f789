"""Probes: each part is asked whether it works, and what that says of it reaches the status page and staff."""
