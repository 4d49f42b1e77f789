"""What is down: components, incidents, and the status page that says so."""
