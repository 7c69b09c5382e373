"""People: policy."""
