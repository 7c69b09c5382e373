"""API: review."""
