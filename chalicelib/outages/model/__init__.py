"""The rules of the status page: pure, and testable without anything running."""
