"""Finding whom an incident touched, and giving to each of them once."""
