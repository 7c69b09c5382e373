"""The Celery application. It only wakes workers; jobs are recorded in PostgreSQL (decision 0003)."""

import os
import sys

from celery import Celery
from celery.signals import beat_init, worker_ready

from newsroom.celery_worker import limits as limits  # registers signal handlers for pool processes
from newsroom.celery_worker.broker_watchdog import BrokerWatchdog
from newsroom.celery_worker.heartbeat_step import HeartbeatStep
from newsroom.local.supervisor import readiness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

# Celery puts the current folder first, whose modules would hide the installed ones.
_path = sys.path[:]
app = Celery("newsroom")
sys.path[:] = _path
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["editorial"])
app.steps["consumer"].add(BrokerWatchdog)
app.steps["worker"].add(HeartbeatStep)
for started in (worker_ready, beat_init):
    started.connect(readiness.mark_ready)
