"""Models: stories and corrections."""
