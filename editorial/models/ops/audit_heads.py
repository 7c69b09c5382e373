"""Signed heads of the record: which ones exist. The heads themselves are files outside the database."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q


class AuditHead(models.Model):
    """A signed head (`workflow/ops/audit_heads`). Its row reveals a lost file, or a database older than the file."""

    number = models.PositiveIntegerField(primary_key=True, help_text="Numbers the heads from 1 without gaps.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the signed head.")
    signed_at = models.DateTimeField()
    delivered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the address in AUDIT_HEADS_URL accepted it."
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="audithead_numbers_from_one"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="audithead_digest_is_hex"),
        ]
        triggers = [
            pgtrigger.Protect(name="audithead_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="audithead_is_not_replaced",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("number", "digest", "signed_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"Head {self.number}"
