"""The rules of messages: pure values and decisions, nothing of AWS."""
