"""Text that people type."""

# one line: nothing that ends it, moves a cursor or turns the reading direction
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$(?!\n)"
