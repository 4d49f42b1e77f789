"""What is kept of money in the book, one file for each kind of item."""
