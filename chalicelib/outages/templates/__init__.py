"""The page as programs and as people read it."""
