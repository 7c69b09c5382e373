"""Wiring: settings, URLs, the Celery application and the embedded servers. Contains no business rules."""

from newsroom.celery import app as celery_app

VERSION = "0.1.0"
"""The product version, as in pyproject.toml."""

__all__ = ["VERSION", "celery_app"]
