"""Models: imports."""
