"""API: stories."""
