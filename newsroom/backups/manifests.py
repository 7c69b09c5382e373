"""The manifest of a backup: its contents, date, versions, and the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from newsroom.backups.errors import BackupError

FORMAT = 1
"""Raise this when older versions can no longer read the format."""

MANIFEST_NAME = "manifest.json"
DUMP_NAME = "database.dump"
CHAIN_HEADS_NAME = "heads.json"
EXHIBITS_DIR = "exhibits"


class File(BaseModel):
    """A file of the backup, by its path in the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    size: int


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    product: str
    """Version of the newsroom that made it."""
    taken_at: str
    """ISO time of the database snapshot."""
    postgres: str
    """Version of the PostgreSQL server."""
    migrations: list[str]
    """Every applied migration, as application.name."""
    rows: dict[str, int]
    """Table → number of rows."""
    shape: dict[str, int]
    """Number of constraints, indexes and triggers, by kind."""
    heads: dict[str, Any]
    """Number of audit chains and events, and the digest of all chain heads."""
    keys: dict[str, list[str]]
    """Fingerprints of the secrets in use, to identify the right ones later. They decrypt nothing."""
    files: list[File]


def file_entry(path: Path, name: str) -> File:
    """Read a file and return its entry."""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return File(path=name, sha256=sha256, size=path.stat().st_size)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest.model_dump(), indent=1, sort_keys=True) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup. Raise BackupError if the folder is not a backup or has a newer format."""
    path = folder / MANIFEST_NAME
    try:
        content = json.loads(path.read_text())
        if content["format"] > FORMAT:
            raise BackupError(
                f"{folder} was made by newsroom {content['product']} in format {content['format']}; this version reads "
                f"formats up to {FORMAT}. Restore it with that version or a later one."
            )
        return Manifest(**content)
    except OSError as problem:
        raise BackupError(
            f"{folder} is not a backup: {MANIFEST_NAME} cannot be read ({problem.strerror})."
        ) from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise BackupError(f"{path} is damaged. Use another backup.") from problem


def damaged_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """A message for each file of the backup that is missing or altered."""
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file():
            yield f"{file.path} is missing."
        elif file_entry(path, file.path) != file:
            yield f"{file.path} was altered after the backup was made."
