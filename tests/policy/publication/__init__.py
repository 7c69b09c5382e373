"""Publication: policy."""
