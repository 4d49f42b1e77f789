"""Dengta: the membership backend of a chain of stores."""

import gc

# Imports and clients make much and drop little: looking for garbage there is a tenth of a cold start. Reference counts
# free what a request leaves; cycles wait for the next look.
gc.set_threshold(100_000, 10, 10)
