"""Exhibits: archived copies, identified by their content."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, filter_index, trigram_index
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts


# Title, text and URL may turn out to identify a source, and history cannot be erased. The SHA-256 covers the content.
@history.track(exclude=["title", "url", "text"])
class Exhibit(UUIDModel):
    """An archived page, transcript, recording or document. Its SHA-256 proves that it has not changed since."""

    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, db_index=False, related_name="exhibits")
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, blank=True, default="", help_text="The URL of the original.")
    text = models.TextField(blank=True, default="", help_text="Pasted text, stored unchanged.")
    file = models.FileField(max_length=200, blank=True, default="", upload_to="%Y/%m")
    content_type = models.CharField(max_length=100, help_text="Media type, detected from the content.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the original bytes.")
    attached_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-attached_at"]
        indexes = [
            trigram_index("exhibit_title_url_trgm", "title", "url"),
            filter_index("exhibit", "content_type"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["desk", "sha256"], name="exhibit_once_per_desk"),
            models.CheckConstraint(condition=Q(text="") ^ Q(file=""), name="exhibit_is_text_or_file"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="exhibit_sha256_is_hex"),
        ]

    def __str__(self) -> str:
        return self.title

    def access_facts(self) -> SubjectFacts:
        return SubjectFacts.of_desk(self.desk_id)
