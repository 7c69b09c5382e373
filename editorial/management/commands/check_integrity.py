"""`manage.py check_integrity`: does what is recorded fit together?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.models import db_clock
from editorial.workflow.ops import integrity


class Command(BaseCommand):
    """Put every invariant to the whole database, and say for what it does not hold."""

    help = "Check that what is recorded fits together. Exit 1 if it does not. Changes nothing unless --repair is given."

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the options."""
        parser.add_argument(
            "--repair",
            action="store_true",
            help="take one look as beat does every few seconds instead: what was found by the look before is repaired",
        )
        parser.add_argument("--list", action="store_true", dest="listed", help="only say what is checked")

    def handle(self, *args: Any, repair: bool, listed: bool, **options: Any) -> None:
        """Look and report."""
        if listed:
            for invariant in integrity.CHECKS:
                does = "repairs itself" if invariant.is_repairable else "administrators are told"
                self.stdout.write(f"{invariant.name}: {invariant.message} ({does})")
            return
        now = db_clock.now()
        found = integrity.run(now=now) if repair else list(integrity.check_all(now=now))
        if found is None:
            raise CommandError("Another look is under way. Try again in a moment.")
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"What is recorded does not fit together: {len(found)} finding(s).")
        self.stdout.write(f"Everything fits together: {len(integrity.CHECKS)} invariants hold.")
