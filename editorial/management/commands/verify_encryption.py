"""`manage.py verify_encryption`: detects swapped, missing, foreign and damaged encrypted values."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from editorial.workflow.ops import encrypted_data


class Command(BaseCommand):
    """Decrypts every value in its place and discards it."""

    help = "Decrypt every encrypted value and compare identity tokens. Exit with 1 on a fault. Shows no content."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        faults = 0
        for finding in encrypted_data.verify():
            faults += 1
            self.stderr.write(str(finding))
        if faults:
            raise CommandError(f"Encrypted data is damaged or cannot be verified: {faults} faults.")
        values = sum(sum(usage.values()) for usage in encrypted_data.keys_in_use().values())
        self.stdout.write(f"Encrypted data is intact: {values} values.")
