"""A Celery application with the settings. It only wakes workers; jobs are recorded in PostgreSQL (decision 0003)."""

import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
# `prepare` has checked the product; workers would load every page of the admin and the API for it.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")


def create() -> Celery:
    """Create the application of this process. Without tasks, it can only send them, by name."""
    path = sys.path[:]
    created = Celery("newsroom")
    sys.path[:] = path  # Celery puts the current folder first, whose modules would hide the installed ones
    created.config_from_object("django.conf:settings", namespace="CELERY")
    return created
