"""Making good: the members that an outage touched are found from the data, and given something, once."""
