"""`manage.py verify_audit_log`: detects changes to the audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.workflow.ops import audit_chain

_HEADS = "heads.json"


class Command(BaseCommand):
    """Verifies every hash chain from its start and reports where one is broken."""

    help = "Check the hash chain of every object's events. Exit 1 if any of them has been tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            type=Path,
            metavar="BACKUP",
            help="a backup (its folder, or a file in it): also check that every chain still contains its head, "
            "which detects events removed from the end",
        )

    def handle(self, *args: Any, against: Path | None, **options: Any) -> None:
        earlier = _heads(against) if against else {}
        result = audit_chain.verify()
        faults = [*result.errors, *audit_chain.truncated(earlier)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"The audit log is broken: {len(faults)} faults in {result.events} events.")
        self.stdout.write(f"The audit log is intact: {result.events} events in {result.chains} chains.")
        if against:
            self.stdout.write(f"It contains the heads of all {len(earlier)} chains in {against}.")


def _heads(backup: Path) -> audit_chain.Heads:
    path = (backup if backup.is_dir() else backup.parent) / _HEADS
    try:
        return {stream: (int(number), str(digest)) for stream, (number, digest) in json.loads(path.read_text()).items()}
    except OSError as problem:
        raise CommandError(f"Cannot read {path}: {problem.strerror}. Give the folder of a backup.") from problem
    except (ValueError, TypeError, AttributeError) as problem:
        raise CommandError(f"{path} is not a list of chain heads. Give the folder of a backup.") from problem
