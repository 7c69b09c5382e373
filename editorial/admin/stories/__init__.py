"""Stories: admin."""
