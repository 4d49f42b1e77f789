"""The rules of journals and shifts, pure."""
