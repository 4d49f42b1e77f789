"""Benchmarks: the house beside peers that do the same work, in one run, on DynamoDB Local."""
