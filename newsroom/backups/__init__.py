"""Backups: one folder each, with a dump of PostgreSQL, the exhibits, the ends of all chains and a manifest.

`taking` makes one, `restoring` puts one back into an empty place, `proofs` shows that what came back is what was
there. docs/backup.md says how they are used, and what is not in them.
"""

from newsroom.backups.errors import BackupError

__all__ = ["BackupError"]
