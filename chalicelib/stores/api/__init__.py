"""The routes of the stores, one file for each noun."""
