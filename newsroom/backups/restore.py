"""Restores a backup: into an empty newsroom only, after checking every file, followed by verification."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from itertools import chain, islice
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from editorial.models.ops import change_log
from editorial.notifications import deliveries
from newsroom.backups import exhibits, inventory, manifests, pg_tools, verification
from newsroom.backups.errors import BackupError
from newsroom.backups.manifests import Manifest

Report = Callable[[str], object]


def restore_backup(folder: Path, *, send_waiting: bool, report: Report) -> list[str]:
    """Restore a backup. Return the faults that verification found; none is expected.

    Deliveries that were pending become dead letters for a person to decide on, unless `send_waiting`: they may have
    been sent since. Raise BackupError, with the database unchanged, if the backup cannot be restored.
    """
    manifest = manifests.read_manifest(folder)
    report(f"{folder.name}: made {manifest.taken_at} by newsroom {manifest.product} on PostgreSQL {manifest.postgres}.")
    _fail_if_any(manifests.damaged_files(folder, manifest), "The backup is damaged. Use another one.")
    _fail_if_any(_unknown_migrations(manifest), "The backup was made by a newer version. Restore it with that version.")
    _fail_if_any(_existing_data(manifest), "A backup can only be restored into an empty newsroom. Nothing was changed.")
    report(f"All {len(manifest.files)} files are intact. Restoring …")
    exhibits.restore_files(folder, manifest.files)
    pg_tools.restore(folder / manifests.DUMP_NAME)
    faults = list(verification.unchanged_since_dump(manifest))
    call_command("prepare", stdout=io.StringIO())
    change_log.start_epoch()
    pending = deliveries.mark_uncertain_after_restore(send=send_waiting)
    report(_describe_waiting_deliveries(pending, send_waiting))
    return [*faults, *verification.verify(folder, manifest, report=report)]


def _fail_if_any(reasons: Iterable[str], advice: str) -> None:
    """Raise BackupError with the first few reasons, if there are any."""
    if first := list(islice(reasons, 6)):
        more = ["  …"] if len(first) == 6 else []
        raise BackupError("\n".join([advice, *(f"  {reason}" for reason in first[:5]), *more]))


def _unknown_migrations(manifest: Manifest) -> Iterable[str]:
    """Migrations of this product that do not exist on disk. Those of applications removed since do not matter."""
    loader = MigrationLoader(connection)
    for name in manifest.migrations:
        application, _, migration = name.partition(".")
        if application in loader.migrated_apps and (application, migration) not in loader.disk_migrations:
            yield f"Migration {name} is unknown to this version."


def _existing_data(manifest: Manifest) -> Iterable[str]:
    database = settings.DATABASES["default"]["NAME"]
    return chain(
        (f"The database {database} contains the table {table}." for table in inventory.tables()),
        (
            f"The exhibits contain {name}, which is not in the backup."
            for name in exhibits.unknown_files(manifest.files)
        ),
    )


def _describe_waiting_deliveries(count: int, sent: bool) -> str:
    if not count:
        return "No email or webhook delivery was pending when the backup was made."
    if sent:
        return f"{count} pending emails and webhook deliveries will be sent; some may be sent twice."
    return (
        f"{count} pending emails and webhook deliveries are on hold: they may have been sent since. "
        "Decide on each in the admin, under dead letters."
    )
