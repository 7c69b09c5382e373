"""`manage.py check_queue`: are recorded jobs being processed?"""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from editorial.models import ProcessKind, db_clock
from editorial.operations import heartbeats, queue_health


class Command(BaseCommand):
    """Health check of dispatchers and workers: the result of /health/queue on the command line."""

    help = "Exit with 1 if due jobs have been waiting too long: the health check of workers and dispatchers."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        longest = int(queue_health.MAX_WAIT.total_seconds())
        parser.add_argument("--max-wait", type=int, default=longest, help=f"seconds that due jobs may wait ({longest})")
        parser.add_argument(
            "--process",
            choices=[kind.value for kind in ProcessKind],
            help="also exit with 1 if no such process on this machine has a current heartbeat",
        )

    def handle(self, *args: Any, max_wait: int, process: str | None, **options: Any) -> None:
        """Check the oldest due job and the heartbeat of the process."""
        try:
            now = db_clock.now()
            health = queue_health.check(now=now, max_wait=timedelta(seconds=max_wait))
            is_alive = (
                not process
                or heartbeats.alive(now=now, process=ProcessKind(process)).filter(host=heartbeats.host()).exists()
            )
        except OperationalError as problem:
            raise CommandError(f"Cannot connect to PostgreSQL: {problem}") from problem
        if not health.ok:
            raise CommandError(health.message)
        if not is_alive:
            raise CommandError(
                f"No {process} on {heartbeats.host()} has written a heartbeat in the last "
                f"{heartbeats.MISSING_AFTER.total_seconds():.0f} s."
            )
        self.stdout.write(health.message)
