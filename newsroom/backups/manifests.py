"""The manifest of a backup: what is in it, of when and of which version, and the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsroom.backups.errors import BackupError

FORMAT = 1
"""Raised when an older newsroom could no longer read what is written."""

MANIFEST_NAME = "manifest.json"
DUMP_NAME = "database.dump"
CHAIN_HEADS_NAME = "heads.json"
EXHIBITS_DIR = "exhibits"


@dataclass(frozen=True)
class File:
    """A file of the backup, by its path in the folder."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    product: str
    """Version of the newsroom that took it."""
    taken_at: str
    """ISO time of the moment that the backup shows."""
    postgres: str
    """Version of the server."""
    migrations: list[str]
    """Every migration that had been carried out, as application.name."""
    rows: dict[str, int]
    """Table → rows in it."""
    shape: dict[str, int]
    """Constraints, indexes and triggers, by kind."""
    heads: dict[str, Any]
    """How many chains and events there were, and the digest of all ends of chains."""
    keys: dict[str, list[str]]
    """Fingerprints of the secrets in use, so that the right ones can be found again. They open nothing."""
    files: list[File]


def file_entry(path: Path, name: str) -> File:
    """Read a file to its end; what it is."""
    with path.open("rb") as content:
        return File(name, hashlib.file_digest(content, "sha256").hexdigest(), path.stat().st_size)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it into the backup's folder."""
    (folder / MANIFEST_NAME).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError if the folder is none, or one of a later format."""
    path = folder / MANIFEST_NAME
    try:
        kept = json.loads(path.read_text())
        if kept["format"] > FORMAT:
            raise BackupError(
                f"{folder} was taken by newsroom {kept['product']} and has format {kept['format']}; this one reads up "
                f"to {FORMAT}. Restore it with that version, or a later one."
            )
        return Manifest(**{**kept, "files": [File(**file) for file in kept["files"]]})
    except OSError as problem:
        raise BackupError(f"{folder} is no backup: {MANIFEST_NAME} cannot be read ({problem.strerror}).") from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise BackupError(f"{path} is damaged. Take another backup than this one.") from problem


def damaged_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Which files of the backup are missing, or are not what they were when it was taken."""
    for file in manifest.files:
        path = folder / file.path
        if not path.is_file():
            yield f"{file.path} is missing."
        elif file_entry(path, file.path) != file:
            yield f"{file.path} is not what it was when the backup was taken."
