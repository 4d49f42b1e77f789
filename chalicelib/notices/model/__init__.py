"""The rules of subscribing and of telling, pure."""
