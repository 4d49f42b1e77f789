"""The words: what an incident says that a probe opened, and what staff are told."""
