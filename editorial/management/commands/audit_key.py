"""`manage.py audit_key`: prints the public key that verifies signed heads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from editorial.workflow.ops.audit_heads import head_files


class Command(BaseCommand):
    """The public key is not secret: keep it elsewhere, so that nobody can replace key and heads together."""

    help = "Print the public key of the signed heads. Keep it where this newsroom's administrators cannot change it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key alone, so that it can be redirected into a file."""
        try:
            key = head_files.load_private_key(settings.AUDIT_SIGNING_KEY)
        except ValueError as problem:
            raise CommandError(
                "AUDIT_SIGNING_KEY is not 32 bytes in URL-safe base64. Generate one: "
                "openssl rand -base64 32 | tr '+/' '-_'"
            ) from problem
        self.stdout.write(head_files.public_key_text(key.public_key()))
