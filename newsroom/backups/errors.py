"""What stops a backup or a restore, said to the person who can change it."""


class BackupError(Exception):
    """Nothing was taken, or nothing was put back. The text says what happened, where, and what to do."""
