"""Use cases of a store, one file for each noun."""
