"""Wiring: settings, addresses, the Celery application and the embedded servers. Nothing here decides anything."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
