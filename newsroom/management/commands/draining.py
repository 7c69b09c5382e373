"""`manage.py draining`: is the work that has been recorded also being done?"""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from editorial.models import MessageState, OutboxMessage


class Command(BaseCommand):
    """The health of relays and workers, seen where it counts.

    A worker can be connected, answer pings and take nothing from its queue; a relay can run and ring nothing.
    """

    help = "Exit with 1 if work has been waiting longer than it should: the health check of workers and relays."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the option."""
        parser.add_argument("--longest", type=int, default=120, help="seconds that work may wait (120)")

    def handle(self, *args: Any, longest: int, **options: Any) -> None:
        """Look for the work that has waited longest."""
        due = timezone.now() - timedelta(seconds=longest)
        waiting = OutboxMessage.objects.filter(
            state__in=[MessageState.READY.value, MessageState.SENT.value], available_at__lt=due
        )
        try:
            late = waiting.count()
        except OperationalError as problem:
            raise CommandError(f"PostgreSQL cannot be asked: {problem}") from problem
        if late:
            raise CommandError(
                f"{late} piece(s) of work have been waiting for more than {longest} s. "
                "Is a relay running, and are there enough workers? Does Redis answer?"
            )
        self.stdout.write(f"No work has been waiting for more than {longest} s.")
