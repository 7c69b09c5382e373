"""Limits for pool processes: a memory limit and persistent database connections.

Without a memory limit the kernel would choose which process to kill, possibly PostgreSQL. And by default Celery opens
a new database connection for every job, which costs more than most jobs do.
"""

import resource
import threading
from typing import Any

from celery.signals import task_postrun, task_prerun, worker_process_init
from django.conf import settings
from django.db import close_old_connections, connections


@worker_process_init.connect(weak=False)
def limit_memory(**_: Any) -> None:
    """Limit the process's heap and private memory. Allocations beyond the limit raise MemoryError."""
    if settings.WORKER_MEMORY_MB:
        most = settings.WORKER_MEMORY_MB * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


@task_prerun.connect(weak=False)
def close_stale_connections(**_: Any) -> None:
    """Close an expired connection and have a persistent one health-checked, as Django does before each request."""
    close_old_connections()


@task_postrun.connect(weak=False)
def close_connections_of_threads(**_: Any) -> None:
    """Close the connection of a thread, which may have nothing to do for long; that of a process stays open."""
    if threading.current_thread() is not threading.main_thread():
        connections.close_all()
