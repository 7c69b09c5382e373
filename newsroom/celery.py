"""The Celery application of workers, with all tasks."""

import gc

from celery.signals import worker_init, worker_ready

from newsroom import celery_app
from newsroom.celery_worker import limits as limits  # registers signal handlers for pool processes
from newsroom.celery_worker.broker_watchdog import BrokerWatchdog
from newsroom.celery_worker.heartbeat_step import HeartbeatStep
from newsroom.local import readiness

app = celery_app.create()
app.autodiscover_tasks(["editorial"])
app.steps["consumer"].add(BrokerWatchdog)
app.steps["worker"].add(HeartbeatStep)
worker_ready.connect(readiness.mark_ready)


@worker_init.connect
def share_memory(**_: object) -> None:
    """Before the pool forks: a garbage collection of a child would copy everything that it shares with its parent."""
    gc.collect()
    gc.freeze()
