"""`manage.py restore`: restores a backup into an empty newsroom and verifies it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from newsroom.backups import BackupError, restore
from newsroom.local import one_off, postgres


class Command(BaseCommand):
    """Exits with 1 when nothing was restored or verification found a fault."""

    help = "Restore a backup into an empty database and data folder, and verify it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder of one backup")
        parser.add_argument("--into", type=Path, help="an embedded newsroom's new data folder (default: NEWSROOM_DATA)")
        parser.add_argument(
            "--send-waiting",
            action="store_true",
            help="send pending emails and webhooks; by default they are held, as they may have been sent already",
        )

    def handle(self, *args: Any, backup: Path, into: Path | None, send_waiting: bool, **options: Any) -> None:
        os.umask(0o077)
        backup, data = backup.resolve(), (into or settings.DATA).resolve()
        if into and not settings.EMBEDDED:
            raise CommandError("--into is for embedded newsrooms. Set DATABASE_URL and NEWSROOM_DATA instead.")
        if settings.EMBEDDED and (data != settings.DATA or not postgres.is_ready(data)):
            sys.exit(one_off.run(["restore", str(backup), *(["--send-waiting"] if send_waiting else [])], data))
        started = time.monotonic()
        try:
            faults = restore.restore_backup(backup, send_waiting=send_waiting, report=self.stdout.write)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        except OperationalError as problem:
            raise CommandError(f"Cannot connect to PostgreSQL: {problem}") from problem
        if faults:
            raise CommandError(
                "\n".join([*faults, "Everything else is restored. Fix this before you start the newsroom."])
            )
        self.stdout.write(f"Restored and verified in {time.monotonic() - started:.1f} s.")
