"""`manage.py sign_audit_head`: signs a head of the record now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.models import db_clock
from editorial.workflow.ops.audit_heads import signer


class Command(BaseCommand):
    """Beat has one signed every hour; this is for the moment before a backup, and after a restore."""

    help = "Sign a head of everything recorded until now, and store it in AUDIT_HEADS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--start-over",
            metavar="REASON",
            default="",
            help="begin again with the whole database, as after a restore; every verification shows the reason",
        )

    def handle(self, *args: Any, start_over: str, **options: Any) -> None:
        """Sign, and print what to keep."""
        try:
            head = signer.sign(now=db_clock.now(), start_over=start_over.strip())
        except signer.CannotSign as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"Cannot write {problem.filename}: {problem.strerror}.") from problem
        if head is None:
            raise CommandError("Another process is signing a head. Try again in a moment.")
        entries = sum(root.size for root in head.ledgers.values())
        self.stdout.write(f"Signed head {head.number}: {entries} entries.\nDigest: {head.digest()}")
