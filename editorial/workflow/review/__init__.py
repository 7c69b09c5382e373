"""Review: workflow."""
