"""A month of the providers as people look at it: one page with everything inlined."""
