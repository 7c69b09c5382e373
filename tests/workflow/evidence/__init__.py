"""Evidence: workflow."""
