"""`manage.py backup`: the whole newsroom in one folder, while people work."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from editorial.models import db_clock
from newsroom.backups import BackupError, backup, storage
from newsroom.local import one_off, postgres


class Command(BaseCommand):
    """Exits with 1 when no backup was made or exhibits are missing from it."""

    help = "Back up the database and the exhibits into a new folder below TO. The vault keys are not included."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "to", nargs="?", type=Path, help="folder for backups (default: backups, in the data folder)"
        )
        parser.add_argument("--keep", type=int, metavar="N", help="then remove all but the newest N backups in TO")

    def handle(self, *args: Any, to: Path | None, keep: int | None, **options: Any) -> None:
        os.umask(0o077)
        if keep is not None and keep < 1:
            raise CommandError(f"--keep {keep}: must be at least 1.")
        directory = (to or settings.DATA / "backups").resolve()
        if settings.EMBEDDED and not postgres.is_ready(settings.DATA):
            sys.exit(self._run_with_one_off_postgres(directory, keep))
        started = time.monotonic()
        try:
            result = backup.create_backup(directory, now=db_clock.now())
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        except OperationalError as problem:
            raise CommandError(f"No backup was made: cannot connect to PostgreSQL. {problem}") from problem
        size = sum(file.size for file in result.manifest.files) / 2**20
        self.stdout.write(
            f"{result.folder}: {size:.1f} MB, {result.manifest.heads['events']} events, "
            f"{len(result.manifest.files) - 2} exhibits, in {time.monotonic() - started:.1f} s.\n"
            f"Chain heads: {result.manifest.heads['digest']}\n"
            "The vault keys are not included: keep a copy of them elsewhere."
        )
        for old in storage.prune(directory, keep=keep) if keep and not result.faults else ():
            self.stdout.write(f"Removed {old.name}.")
        if result.faults:
            raise CommandError(
                "\n".join([*result.faults, "Everything else is in the backup. No older backup was removed."])
            )

    def _run_with_one_off_postgres(self, directory: Path, keep: int | None) -> int:
        """The newsroom is stopped: run its PostgreSQL for this command."""
        if not (postgres.cluster_dir(settings.DATA) / "PG_VERSION").exists():
            raise CommandError(f"No newsroom in {settings.DATA}. Set its folder: NEWSROOM_DATA=/path/to/data")
        return one_off.run(["backup", str(directory), *([f"--keep={keep}"] if keep else [])], settings.DATA)
