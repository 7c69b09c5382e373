"""Fixtures that run the product's own processes."""
