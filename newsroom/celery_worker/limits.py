"""What a hand of a worker, a child of its pool, has for its jobs: so much memory, and a connection that it keeps.

Without a limit of memory the kernel would choose whom to kill, and might choose PostgreSQL. And Celery would open a
new connection for every job, which costs more than most jobs do.
"""

import resource
from typing import Any

from celery.signals import task_prerun, worker_process_init
from django.conf import settings
from django.db import close_old_connections


@worker_process_init.connect(weak=False)
def limit_memory(**_: Any) -> None:
    """Bound what it may use: its heap and whatever else only it can write to. More fails with MemoryError."""
    if settings.WORKER_MEMORY_MB:
        most = settings.WORKER_MEMORY_MB * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


@task_prerun.connect(weak=False)
def close_stale_connections(**_: Any) -> None:
    """Give up a connection that is old, and have one that is kept asked whether it still works, as before a request."""
    close_old_connections()
