"""A store's own day: tills that sell off line, their journals, shifts and figures."""
