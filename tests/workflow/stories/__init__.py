"""Stories: workflow."""
