"""Wiring: settings, addresses, the Celery application and the embedded servers. Nothing here decides anything."""

from newsroom.celery import app as celery_app

VERSION = "0.1.0"
"""Of the product, as pyproject.toml states it."""

__all__ = ["VERSION", "celery_app"]
