"""The pure rules: what is probed, when a probe is bad, and what follows."""
