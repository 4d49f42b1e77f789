"""The edges of the house: tables, HTTP, streams, keys, and one file for each upstream."""
