"""API framework, shared by all resources."""
