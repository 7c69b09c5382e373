"""Backups: one folder each, with a PostgreSQL dump, the exhibits, the heads of the audit chains and a manifest.

`backup` creates one, `restore` restores one into an empty newsroom, `verification` compares the result with the
original. docs/operations/backup.md describes their use and what they leave out.
"""

from newsroom.backups.errors import BackupError

__all__ = ["BackupError"]
