"""Money: accounts, immutable entries, the names that tills choose, and cards as a till sees them."""
