"""What is kept of devices, journals and shifts."""
