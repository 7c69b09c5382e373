"""Support: tests."""
