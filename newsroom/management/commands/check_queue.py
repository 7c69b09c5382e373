"""`manage.py check_queue`: is the work that has been recorded also being done?"""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from editorial.models import ProcessKind, db_clock
from editorial.operations import heartbeats, queue_health


class Command(BaseCommand):
    """The health of relays and workers, seen where it counts: the judgement of /health/queue, for a terminal."""

    help = "Exit with 1 if work has been waiting longer than it should: the health check of workers and relays."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        longest = int(queue_health.MAX_WAIT.total_seconds())
        parser.add_argument("--max-wait", type=int, default=longest, help=f"seconds that work may wait ({longest})")
        parser.add_argument(
            "--process",
            choices=[kind.value for kind in ProcessKind],
            help="exit with 1 also if no such process of this machine has said lately that it is there",
        )

    def handle(self, *args: Any, max_wait: int, process: str | None, **options: Any) -> None:
        """Look for the work that has waited longest, and for the process."""
        try:
            now = db_clock.now()
            drain = queue_health.check(now=now, max_wait=timedelta(seconds=max_wait))
            here = (
                not process
                or heartbeats.alive(now=now, process=ProcessKind(process)).filter(host=heartbeats.host()).exists()
            )
        except OperationalError as problem:
            raise CommandError(f"PostgreSQL cannot be asked: {problem}") from problem
        if not drain.ok:
            raise CommandError(drain.message)
        if not here:
            raise CommandError(
                f"No {process} on {heartbeats.host()} has said in the last "
                f"{heartbeats.MISSING_AFTER.total_seconds():.0f} s that it is there."
            )
        self.stdout.write(drain.message)
