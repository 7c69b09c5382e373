"""The exhibits in a backup: copied, or hard-linked to the same file in an earlier backup.

Exhibits are only ever added, and before their row: every exhibit in a dump therefore exists afterwards.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import default_storage

from editorial.models import Exhibit
from newsroom.backups.manifests import EXHIBITS_DIR, File, file_entry


def recorded_files() -> dict[str, str]:
    """Path in the storage → recorded SHA-256, for every exhibit that is a file."""
    return dict(Exhibit.objects.exclude(file="").order_by("file").values_list("file", "sha256"))


def copy_files(recorded: dict[str, str], into: Path, *, earlier: Path | None) -> tuple[list[File], list[str]]:
    """Copy exhibits into a backup. Return the files, and a message for each missing or altered one.

    A file that the earlier backup holds is hard-linked, not copied.
    """
    files, faults = [], []
    for name, sha256 in recorded.items():
        place = into / EXHIBITS_DIR / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not (earlier and _hard_link(earlier / EXHIBITS_DIR / name, place, sha256)) and not _copy_one(name, place):
            faults.append(f"Exhibit {name} is recorded but its file is missing.")
            continue
        file = file_entry(place, f"{EXHIBITS_DIR}/{name}")
        files.append(file)
        if file.sha256 != sha256:
            faults.append(f"Exhibit {name} was altered: its SHA-256 differs from the recorded one.")
    return files, faults


def restore_files(folder: Path, files: list[File]) -> None:
    """Copy the exhibits of a backup into the storage. Skip files left there by an earlier attempt."""
    for file in files:
        name = file.path.removeprefix(f"{EXHIBITS_DIR}/")
        if name != file.path and not default_storage.exists(name):
            with (folder / file.path).open("rb") as content:
                default_storage.save(name, content)


def unknown_files(files: list[File]) -> Iterator[str]:
    """Files in the storage that are not in the backup."""
    known = {file.path.removeprefix(f"{EXHIBITS_DIR}/") for file in files}
    return (name for name in _stored("") if name not in known)


def verify_files() -> Iterator[str]:
    """A message for each recorded exhibit that is missing or altered."""
    for name, sha256 in recorded_files().items():
        if not default_storage.exists(name):
            yield f"Exhibit {name} is recorded but its file is missing."
            continue
        with default_storage.open(name) as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
                yield f"Exhibit {name} was altered: its SHA-256 differs from the recorded one."


def _hard_link(source: Path, place: Path, sha256: str) -> bool:
    """Link the file of an earlier backup if it exists, is intact, and the file system supports it."""
    if not source.is_file() or file_entry(source, "").sha256 != sha256:
        return False
    try:
        os.link(source, place)
    except OSError:
        return False
    return True


def _copy_one(name: str, place: Path) -> bool:
    try:
        with default_storage.open(name) as content, place.open("wb") as copied:
            shutil.copyfileobj(content, copied)
    except FileNotFoundError:
        return False
    return True


def _stored(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in files)
    for inside in folders:
        yield from _stored(f"{prefix}{inside}")
