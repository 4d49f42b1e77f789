"""The rules of the ledger, pure: what a posting does to an account, and what is refused."""
