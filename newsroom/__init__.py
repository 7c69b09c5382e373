"""Wiring: settings, URLs, the Celery application and the embedded servers. Contains no business rules."""

VERSION = "0.1.0"
"""The product version, as in pyproject.toml."""
