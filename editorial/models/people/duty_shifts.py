"""Duty shifts: which editor is on duty at a desk, and when."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts


class DutyShiftQuerySet(VisibleQuerySet):
    """Shifts, by when they are."""

    def on_duty(self, at: datetime) -> DutyShiftQuerySet:
        """Those that are under way at this time."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, cancelled_at=None)


@history.track()
class DutyShift(UUIDModel):
    """One editor's duty at one desk. Shifts of a desk do not overlap, so that one person is responsible."""

    desk = models.ForeignKey("editorial.Desk", models.PROTECT, related_name="duty_shifts")
    editor = models.ForeignKey("editorial.User", models.PROTECT, related_name="duty_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    assigned_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="dutyshift_ends_after_it_starts",
                violation_error_message="The shift must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="dutyshift_cancelled_by_somebody",
            ),
            ExclusionConstraint(
                name="dutyshift_one_editor_at_a_time",
                expressions=[
                    ("desk", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at=None),
                violation_error_message="Somebody else is on duty at that time. Cancel their shift first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.editor} at {self.desk}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk."""
        return SubjectFacts.of_desk(self.desk_id)
