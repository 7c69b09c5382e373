"""`manage.py restart`: restarts the processes of a running newsroom without downtime."""

from __future__ import annotations

import os
import re
import time
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom.local import rolling_restart
from newsroom.local.rolling_restart import RestartResult
from newsroom.local.supervisor import locks

_TIMEOUT = 900  # seconds; migrations may take long


class Command(BaseCommand):
    """Signals the supervisor, which is `manage.py up`, and waits for the result."""

    help = "Migrate and restart web, workers, dispatcher and beat of the running newsroom without downtime."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Request and wait. Exits with 1 when old processes keep running."""
        before = self._find_supervisor()
        os.kill(before.supervisor_pid, rolling_restart.RESTART_SIGNAL)
        limit = time.monotonic() + _TIMEOUT
        while (result := RestartResult.read(settings.DATA)) == before or result is None:
            if not psutil.pid_exists(before.supervisor_pid):
                raise CommandError("The newsroom was stopped meanwhile.")
            if time.monotonic() > limit:
                raise CommandError(f"Not finished after {_TIMEOUT} s. See the log of `manage.py up`.")
            time.sleep(0.1)
        if not result.restarted:
            raise CommandError(f"{result.message}\nSee the log of `manage.py up`.")
        self.stdout.write(result.message)

    def _find_supervisor(self) -> RestartResult:
        holder = locks.lock_holder(settings.DATA / "up.lock")
        running = re.match(r"process (\d+), http", holder)
        if not running:
            raise CommandError(
                f"No newsroom is running in {settings.DATA}. Set its folder: NEWSROOM_DATA=/path/to/data"
            )
        supervisor = RestartResult(int(running[1]))
        last = RestartResult.read(settings.DATA)
        if last is None or last.supervisor_pid != supervisor.supervisor_pid:
            raise CommandError(
                f"The newsroom ({holder}) is still starting, or its version does not support this. "
                "Wait, or stop and start it."
            )
        supervisor.write(settings.DATA)
        return supervisor
