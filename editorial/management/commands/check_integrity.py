"""`manage.py check_integrity`: runs the integrity checks."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.models import db_clock
from editorial.workflow.ops import integrity


class Command(BaseCommand):
    """Runs every integrity check on the whole database and reports violations."""

    help = "Run the integrity checks. Exit with 1 on violations. Changes nothing without --repair."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="run once as beat does: repair violations that the previous run found too",
        )
        parser.add_argument("--list", action="store_true", dest="listed", help="only list the checks")

    def handle(self, *args: Any, repair: bool, listed: bool, **options: Any) -> None:
        if listed:
            for check in integrity.CHECKS:
                reaction = "repaired automatically" if check.is_repairable else "administrators are alerted"
                self.stdout.write(f"{check.name}: {check.message} ({reaction})")
            return
        now = db_clock.now()
        findings = integrity.run(now=now) if repair else list(integrity.check_all(now=now))
        if findings is None:
            raise CommandError("Another check is running. Try again in a moment.")
        for finding in findings:
            self.stderr.write(str(finding))
        if findings:
            raise CommandError(f"Data integrity check failed: {len(findings)} finding(s).")
        self.stdout.write(f"No violations: {len(integrity.CHECKS)} checks passed.")
