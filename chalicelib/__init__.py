"""Dengta: the membership backend of a chain of stores."""
