"""Creates a backup: one database snapshot, then the exhibits it refers to; complete or not at all."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from editorial.models import encryption
from editorial.workflow.ops import audit_chain, encrypted_data
from newsroom import VERSION
from newsroom.backups import exhibits, inventory, manifests, pg_tools, storage
from newsroom.backups.errors import BackupError
from newsroom.backups.manifests import Manifest


@dataclass(frozen=True)
class BackupResult:
    folder: Path
    manifest: Manifest
    faults: list[str]
    """Exhibits that could not be copied unchanged. Everything else is in the backup."""


def create_backup(directory: Path, *, now: datetime) -> BackupResult:
    """Back up while people work. If it cannot be completed, raise BackupError and leave nothing behind."""
    final = directory / storage.backup_name(now)
    try:
        with storage.unfinished_backup(directory) as draft:
            manifest, faults = _write_contents(
                draft, earlier=next(reversed(storage.list_backups(directory)), None), now=now
            )
            _sync_and_protect(draft)
            if final.exists():
                raise BackupError(f"{final} already exists. No backup was made.")
            draft.rename(final)
            _sync(directory)
    except OSError as problem:
        advice = "Free some space, or name a folder on another disk." if problem.errno == errno.ENOSPC else ""
        raise BackupError(
            f"No backup was made: {problem.strerror} ({problem.filename or directory}). {advice}"
        ) from problem
    return BackupResult(final, manifest, faults)


def _write_contents(draft: Path, *, earlier: Path | None, now: datetime) -> tuple[Manifest, list[str]]:
    with inventory.snapshot() as snapshot:
        pg_tools.dump(draft / manifests.DUMP_NAME, snapshot=snapshot)
        recorded = exhibits.recorded_files()
        heads = audit_chain.heads()
        rows, shape, migrations = inventory.rows(), inventory.schema_counts(), inventory.migrations()
    (draft / manifests.CHAIN_HEADS_NAME).write_text(json.dumps(heads, indent=0, sort_keys=True) + "\n")
    archived, faults = exhibits.copy_files(recorded, draft, earlier=earlier)
    own = [manifests.file_entry(draft / name, name) for name in (manifests.DUMP_NAME, manifests.CHAIN_HEADS_NAME)]
    manifest = Manifest(
        format=manifests.FORMAT,
        product=VERSION,
        taken_at=now.astimezone(UTC).isoformat(),
        postgres=inventory.server_version(),
        migrations=migrations,
        rows=rows,
        shape=shape,
        heads={"chains": len(heads), "events": rows["editorial_event"], "digest": audit_chain.digest(heads)},
        keys=key_fingerprints(),
        files=[*own, *archived],
    )
    manifests.write_manifest(draft, manifest)
    return manifest, faults


def key_fingerprints() -> dict[str, list[str]]:
    """Fingerprints of the secrets that the database needs. Encrypted values name their keys, so this needs none.

    IDENTITY_KEY is missing if the process that makes the backup does not have it.
    """
    usage = {setting: sorted(key_ids) for setting, key_ids in encrypted_data.keys_in_use().items()}
    key = settings.IDENTITY_KEY
    return usage | ({"IDENTITY_KEY": [encryption.fingerprint("IDENTITY_KEY", key)]} if key else {})


def _sync_and_protect(draft: Path) -> None:
    """Flush every file to disk and make it private before the backup gets its name."""
    for folder, _, files in os.walk(draft):
        for name in files:
            path = Path(folder) / name
            path.chmod(0o600)
            _sync(path)
        Path(folder).chmod(0o700)
        _sync(Path(folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
