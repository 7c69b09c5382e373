"""People: admin."""
