"""`manage.py draining`: is the work that has been recorded also being done?"""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from editorial.models import ProcessKind, db_clock
from editorial.operations import heartbeats, queue_health


class Command(BaseCommand):
    """The health of relays and workers, seen where it counts: the judgement of /health/draining, for a terminal."""

    help = "Exit with 1 if work has been waiting longer than it should: the health check of workers and relays."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        longest = int(queue_health.LONGEST.total_seconds())
        parser.add_argument("--longest", type=int, default=longest, help=f"seconds that work may wait ({longest})")
        parser.add_argument(
            "--seen",
            choices=[kind.value for kind in ProcessKind],
            help="exit with 1 also if no such process of this machine has said lately that it is there",
        )

    def handle(self, *args: Any, longest: int, seen: str | None, **options: Any) -> None:
        """Look for the work that has waited longest, and for the process."""
        try:
            now = db_clock.present()
            drain = queue_health.judge(now=now, longest=timedelta(seconds=longest))
            here = (
                not seen or heartbeats.alive(now=now, process=ProcessKind(seen)).filter(host=heartbeats.host()).exists()
            )
        except OperationalError as problem:
            raise CommandError(f"PostgreSQL cannot be asked: {problem}") from problem
        if not drain.drains:
            raise CommandError(drain.told)
        if not here:
            raise CommandError(
                f"No {seen} on {heartbeats.host()} has said in the last "
                f"{heartbeats.SILENT_AFTER.total_seconds():.0f} s that it is there."
            )
        self.stdout.write(drain.told)
