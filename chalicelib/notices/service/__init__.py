"""What is done with notices and with those who want them."""
