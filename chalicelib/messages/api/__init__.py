"""The edges of messages: a member's own, a store's look, search, diagnosis, what is pushed, rules and templates."""
