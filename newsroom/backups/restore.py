"""Restoring a backup: into an empty place only, after looking at every byte of it, and proved afterwards."""

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
    """Put a backup back. Returns what the proofs found fault with, which should be nothing.

    Letters that waited when it was taken are held for a person to decide on, unless `send_waiting`: nobody knows which
    of them went out since. Raises BackupError, with nothing put into the database, when it cannot be restored.
    """
    manifest = manifests.read_manifest(folder)
    report(
        f"{folder.name}: taken {manifest.taken_at} by newsroom {manifest.product} on PostgreSQL {manifest.postgres}."
    )
    _fail_if_any(manifests.damaged_files(folder, manifest), "The backup is damaged. Take another one.")
    _fail_if_any(
        _unknown_migrations(manifest), "The backup was taken by a newer newsroom. Restore it with that version."
    )
    _fail_if_any(_existing_data(manifest), "A backup is restored into an empty place only. Nothing was changed.")
    report(f"All {len(manifest.files)} files are what they were. Restoring …")
    exhibits.restore_files(folder, manifest.files)
    pg_tools.restore(folder / manifests.DUMP_NAME)
    faults = list(verification.unchanged_since_dump(manifest))
    call_command("prepare", stdout=io.StringIO())
    change_log.start_epoch()
    held = deliveries.mark_uncertain_after_restore(send=send_waiting)
    report(_describe_waiting_deliveries(held, send_waiting))
    return [*faults, *verification.verify(folder, manifest, report=report)]


def _fail_if_any(reasons: Iterable[str], advice: str) -> None:
    """Raise Failed with the first few reasons, if there is any."""
    if found := list(islice(reasons, 6)):
        more = ["  …"] if len(found) == 6 else []
        raise BackupError("\n".join([advice, *(f"  {reason}" for reason in found[:5]), *more]))


def _unknown_migrations(manifest: Manifest) -> Iterable[str]:
    """Migrations of ours that are not on the disk. An application that was given up since may have left some too."""
    loader = MigrationLoader(connection)
    for name in manifest.migrations:
        application, _, migration = name.partition(".")
        if application in loader.migrated_apps and (application, migration) not in loader.disk_migrations:
            yield f"Migration {name} is not known here."


def _existing_data(manifest: Manifest) -> Iterable[str]:
    database = settings.DATABASES["default"]["NAME"]
    return chain(
        (f"The database {database} holds the table {table}." for table in inventory.tables()),
        (f"The exhibits hold {name}, which is not in the backup." for name in exhibits.unknown_files(manifest.files)),
    )


def _describe_waiting_deliveries(count: int, sent: bool) -> str:
    if not count:
        return "No letter or webhook was waiting when it was taken."
    if sent:
        return f"{count} letters and webhooks that waited will be sent; those that went out before go out twice."
    return (
        f"{count} letters and webhooks that waited are held: they may have gone out since. "
        "In the admin, under dead letters, somebody decides on each."
    )
