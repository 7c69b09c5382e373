"""Review: policy."""
