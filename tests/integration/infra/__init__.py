"""What builds, deploys and runs the system here."""
