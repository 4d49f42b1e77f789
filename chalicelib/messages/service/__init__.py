"""The use cases of messages: announce, deliver, sweep, and find again."""
