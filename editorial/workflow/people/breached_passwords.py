"""A password validator that knows breached passwords, from a file of the operator's. Nothing is sent anywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from editorial.models import User

_DIGITS = 40  # of a SHA-1 in hexadecimal


class BreachedPasswordValidator:
    """Refuses a password whose SHA-1 is in `BREACHED_PASSWORDS` (docs/operations/running.md). Without a file, none."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` if the password has been published in a breach."""
        if settings.BREACHED_PASSWORDS and is_listed(password, Path(settings.BREACHED_PASSWORDS)):
            raise ValidationError(
                "This password has been published in a data breach. Choose another.", code="password_breached"
            )

    def get_help_text(self) -> str:
        """The rule in a line."""
        return "It must not have been published in a data breach."


def is_listed(password: str, path: Path) -> bool:
    """Whether the file lists the password. Its lines begin with a SHA-1 in hexadecimal and are sorted by it.

    By binary search, because the whole list takes tens of gigabytes.
    """
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(max(middle - 1, 0))
            if middle:
                lines.readline()  # the rest of a line that begins before the middle
            listed = lines.readline()[:_DIGITS].upper()
            if listed == digest:
                return True
            if listed and listed < digest:
                low = lines.tell()
            else:
                high = middle
    return False
