"""What a job may use of memory: one that wants more fails with MemoryError, as any other job fails.

Without a limit the kernel would choose whom to kill, and might choose PostgreSQL.
"""

import resource
from typing import Any

from celery.signals import worker_process_init
from django.conf import settings


@worker_process_init.connect(weak=False)
def bound(**_: Any) -> None:
    """Bound what this child of a worker's pool may use: its heap and whatever else only it can write to."""
    if settings.WORKER_MEMORY_MB:
        most = settings.WORKER_MEMORY_MB * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
