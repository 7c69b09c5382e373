"""`manage.py rotate_vault_keys`: re-encrypts all encrypted data with the newest vault key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from editorial.models import IdempotencyRecord, IdentityRecord, SecondFactor, WebhookEndpoint
from editorial.workflow.core import idempotency
from editorial.workflow.evidence import sealing
from editorial.workflow.ops import webhooks
from editorial.workflow.people import second_factors


class Command(BaseCommand):
    """Run it after putting a new key first in VAULT_KEYS; then remove the old key."""

    help = "Re-encrypt all encrypted data with the first of VAULT_KEYS. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction per record: an interruption leaves every record readable."""
        keys = list(IdentityRecord.objects.order_by("pk").values_list("pk", flat=True))
        for record in keys:
            sealing.reencrypt(record_id=record, now=timezone.now())
        for endpoint in WebhookEndpoint.objects.order_by("pk").values_list("pk", flat=True):
            webhooks.reencrypt(endpoint_id=endpoint, now=timezone.now())
        for factor in SecondFactor.objects.order_by("pk").values_list("pk", flat=True):
            second_factors.reencrypt(factor_id=factor, now=timezone.now())
        for response in IdempotencyRecord.objects.order_by("pk").values_list("pk", flat=True):
            idempotency.reencrypt(record_id=response, now=timezone.now())
        self.stdout.write(f"Re-encrypted {len(keys)} identities with the newest key.")
