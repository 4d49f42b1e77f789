"""Everything that stands in for AWS and the outside world on one machine."""
