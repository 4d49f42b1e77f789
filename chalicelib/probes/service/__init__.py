"""The use cases: asking each part, and doing what follows on the status page."""
