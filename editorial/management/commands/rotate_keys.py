"""`manage.py rotate_keys`: moves all encrypted data to the newest keys, and says which old ones may be removed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from editorial.models import encryption
from editorial.models.encryption import EncryptedField, KeyUnavailable, Purpose
from editorial.workflow.core.errors import ActionError
from editorial.workflow.ops import encrypted_data

_MOST_ERRORS = 20  # to print for a column


class Command(BaseCommand):
    """One transaction per value: after an interruption every value is readable, and a second run does the rest."""

    help = (
        "Move all encrypted data to the first key of VAULT_KEYS, SECOND_FACTOR_KEYS, WEBHOOK_KEYS, RESPONSE_KEYS and "
        "MAIL_KEYS, and say which older keys are still needed. Safe to interrupt and to repeat. Exit with 1 if a value "
        "is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; only say which keys are needed")
        parser.add_argument(
            "--from-fernet",
            action="store_true",
            help="also convert values that a version without envelope encryption stored (once, after the upgrade)",
        )

    def handle(self, *args: Any, check: bool, from_fernet: bool, **options: Any) -> None:
        """Rotate every column, then report."""
        failed = 0
        for field in [] if check else encryption.encrypted_fields():
            failed += self._rotate(field, from_fernet=from_fernet)
        lost = sum([self._report(purpose, usage) for purpose, usage in _usage().items()])
        if failed or lost:
            raise CommandError("Not every value is under a key of this process. Remove no key.")

    def _rotate(self, field: EncryptedField, *, from_fernet: bool) -> int:
        """Rotate one column; return the number of values that could not be."""
        name = f"{field.model._meta.verbose_name}, {field.name}"
        try:
            rows = encrypted_data.rows_to_rotate(field)
        except KeyUnavailable as error:
            self.stdout.write(f"{name}: skipped. {error}")
            return 0
        rotated, errors = 0, []
        for row_id in rows:
            try:
                rotated += encrypted_data.rotate(
                    field=field, row_id=row_id, from_fernet=from_fernet, now=timezone.now()
                )
            except ActionError as error:
                errors.append(f"{field.model._meta.verbose_name} {row_id}: {error}")
        self.stdout.write(f"{name}: {rotated} of {len(rows)} moved to the current key.")
        for line in errors[:_MOST_ERRORS]:
            self.stderr.write(line)
        if len(errors) > _MOST_ERRORS:
            self.stderr.write(f"… and {len(errors) - _MOST_ERRORS} more.")
        return len(errors)

    def _report(self, purpose: Purpose, usage: dict[str, int]) -> int:
        """Say which keys are needed; return the number of values whose key this process lacks."""
        keys: list[str] = getattr(settings, purpose.setting)
        if settings.KEY_PROVIDERS.get(purpose) or not keys:
            return 0
        present = [encryption.fingerprint(purpose.setting, key) for key in keys]
        for key_id in present[1:]:
            needed = usage.get(key_id, 0)
            advice = f"still needed by {needed} values" if needed else "no longer needed; you may remove it"
            self.stdout.write(f"{purpose.setting}: the older key {key_id} is {advice}.")
        lost = {key_id: count for key_id, count in usage.items() if key_id not in present}
        for key_id, count in sorted(lost.items()):
            self.stderr.write(f"{purpose.setting} lacks the key {key_id}, which {count} values need. Add it back.")
        return sum(lost.values())


def _usage() -> dict[Purpose, dict[str, int]]:
    usage = encrypted_data.keys_in_use()
    return {purpose: dict(usage[purpose.setting]) for purpose in Purpose}
