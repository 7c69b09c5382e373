"""People: workflow."""
