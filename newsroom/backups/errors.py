"""Errors of backups and restores, for the operator."""


class BackupError(Exception):
    """Nothing was backed up or restored. The message says what happened, where, and what to do."""
