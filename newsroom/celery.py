"""The Celery application. It only wakes workers; jobs are recorded in PostgreSQL (decision 0003)."""

import gc
import os
import sys

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

from newsroom.celery_worker import limits as limits  # registers signal handlers for pool processes
from newsroom.celery_worker.broker_watchdog import BrokerWatchdog
from newsroom.celery_worker.heartbeat_step import HeartbeatStep
from newsroom.local.supervisor import readiness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
# `prepare` has checked the product; workers would load every page of the admin and the API for it.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")


def create_app() -> Celery:
    """A Celery application with the settings."""
    path = sys.path[:]
    created = Celery("newsroom")
    sys.path[:] = path  # Celery puts the current folder first, whose modules would hide the installed ones
    created.config_from_object("django.conf:settings", namespace="CELERY")
    return created


app = create_app()
app.autodiscover_tasks(["editorial"])
app.steps["consumer"].add(BrokerWatchdog)
app.steps["worker"].add(HeartbeatStep)
for started in (worker_ready, beat_init):
    started.connect(readiness.mark_ready)


@worker_init.connect
def share_memory(**_: object) -> None:
    """Before the pool forks: a garbage collection of a child would copy everything that it shares with its parent."""
    gc.collect()
    gc.freeze()
