"""The routes of probes: how each stands, and the chain's rules of them."""
