"""Circuit breakers: which addresses outside fail, and until when nothing is sent to them (decision 0055)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class CircuitBreaker(models.Model):
    """A receiver whose last calls failed. A successful call deletes the row, and so does time."""

    receiver = models.CharField(
        primary_key=True, max_length=64, help_text="The address, as recorded on its outbox messages."
    )
    failures = models.PositiveIntegerField(default=0, help_text="Calls that failed since the last success.")
    failed_at = models.DateTimeField(db_default=Now(), help_text="When the last of them failed.")
    open_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing is sent to it before this time; then one call at a time is a probe."
    )

    def __str__(self) -> str:
        return f"{self.failures} failures"
