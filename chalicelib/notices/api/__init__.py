"""The routes of notices: subscribing and leaving for everybody; for operators groups of staff, and how far one is."""
