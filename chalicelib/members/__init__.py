"""Members: who they are, how they are found, and what they consented to."""
