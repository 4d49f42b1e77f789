"""The edges of access: what head office registers, how staff log in, and who may do what."""
