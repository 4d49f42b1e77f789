"""The rules of making good, pure."""
