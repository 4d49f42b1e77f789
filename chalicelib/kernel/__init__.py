"""What every room may use: pure values and rules, nothing of AWS."""
