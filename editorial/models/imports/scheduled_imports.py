"""Scheduled imports: feeds and pages that are imported again and again."""

from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5

from editorial.models.base_fields import VersionedModel, enum_field
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.imports import MAX_INTERVAL, MIN_INTERVAL, SCHEDULED_KINDS, ImportKind


class ScheduledImport(VersionedModel):
    """A feed or a page that is fetched on a schedule. New items become an import."""

    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, related_name="scheduled_imports")
    kind = enum_field(ImportKind, help_text="The kind of import: feed or page.")
    url = models.CharField(
        "URL", max_length=2000, help_text="The URL. It changes if its server says that it has moved."
    )
    outlet = models.ForeignKey(
        "editorial.Source", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The outlet that published the items; otherwise it is found by the name in them.",
    )  # fmt: skip
    interval_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(MIN_INTERVAL), MaxValueValidator(MAX_INTERVAL)],
        help_text=f"Minutes between two fetches, {MIN_INTERVAL} to {MAX_INTERVAL:,}.",
    )  # fmt: skip
    scheduled_by = models.ForeignKey(
        "editorial.User", models.PROTECT, related_name="scheduled_imports",
        help_text="The user in whose name items are filed: who scheduled it, or resumed it last.",
    )  # fmt: skip
    scheduled_at = models.DateTimeField(help_text="When it was scheduled.")
    next_fetch_at = models.DateTimeField(null=True, blank=True, help_text="When it is next fetched; null if paused.")
    fetched_at = models.DateTimeField(null=True, blank=True, help_text="When it was last fetched, or tried.")
    succeeded_at = models.DateTimeField(null=True, blank=True, help_text="When it was last fetched successfully.")
    failures = models.PositiveIntegerField(default=0, help_text="How often it has failed since then.")
    problem = models.CharField(
        max_length=500,
        blank=True,
        default="",
        help_text="Why the last fetch failed and what to do; empty if it did not.",
    )
    etag = models.CharField(max_length=1000, blank=True, default="", editable=False)
    last_modified = models.CharField(max_length=100, blank=True, default="", editable=False)
    digest = models.CharField(
        max_length=64, blank=True, default="", editable=False, help_text="SHA-256 of the items that were last imported."
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_fetch_at"], condition=Q(next_fetch_at__isnull=False), name="scheduledimport_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SCHEDULED_KINDS]), name="scheduledimport_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(interval_minutes__gte=MIN_INTERVAL, interval_minutes__lte=MAX_INTERVAL),
                name="scheduledimport_interval_in_range",
            ),
            # By hash: a URL may be longer than an index allows.
            models.UniqueConstraint(F("desk"), F("kind"), MD5("url"), name="scheduledimport_once_per_desk"),
        ]

    def __str__(self) -> str:
        return f"Scheduled import of a {ImportKind(self.kind).label.lower()}"

    @property
    def interval(self) -> timedelta:
        return timedelta(minutes=self.interval_minutes)

    @property
    def is_paused(self) -> bool:
        return self.next_fetch_at is None

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, and the user in whose name it files."""
        return SubjectFacts.of_desk(self.desk_id, owners=frozenset({str(self.scheduled_by_id)}))
