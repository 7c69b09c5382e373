"""Access to identities: attempts at matching, locks, and requests to reveal a name. None contains a name."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from editorial.models.base_fields import UUIDModel, enum_check, enum_field
from editorial.models.evidence.sources import Source
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.matching_quota import MatchingKind


class MatchingAttempt(UUIDModel):
    """One attempt to compare an identity with those on record. It holds nothing of the identity.

    Attempts count even if the action fails, so they are written on a connection of their own, where the person's row
    may not be committed yet: the database checks no foreign key.
    """

    person = models.ForeignKey(
        "editorial.User", models.DO_NOTHING, db_index=False, related_name="+", db_constraint=False
    )
    desk = models.ForeignKey("editorial.Desk", models.DO_NOTHING, db_index=False, related_name="+", db_constraint=False)
    kind = enum_field(MatchingKind, help_text="What was compared.")
    weight = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="How many attempts it counts for: a text with many names is many guesses."
    )
    at = models.DateTimeField()
    within_quota = models.BooleanField(help_text="Whether it was allowed. Refused ones count towards the alert.")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["person", "at"], name="matching_by_person"),
            models.Index(fields=["desk", "at"], name="matching_by_desk"),
            models.Index(fields=["at"], name="matching_by_time"),
        ]
        constraints = [
            enum_check("matchingattempt", "kind", MatchingKind),
            models.CheckConstraint(condition=Q(weight__gte=1), name="matchingattempt_weighs_something"),
        ]
        triggers = [pgtrigger.Protect(name="matching_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"attempt of {self.at:%d %B %H:%M}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: the desk whose sources were compared."""
        return SubjectFacts.of_desk(self.desk_id)


class MatchingLock(UUIDModel):
    """A person's matching is locked after an unusual number of attempts, until an administrator lifts the lock."""

    person = models.ForeignKey("editorial.User", models.DO_NOTHING, related_name="matching_locks", db_constraint=False)
    desk = models.ForeignKey(
        "editorial.Desk", models.DO_NOTHING, related_name="+", db_constraint=False, help_text="Of the last attempt."
    )
    locked_at = models.DateTimeField()
    alarm_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the alert is to be sent; empty once custodians were notified."
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-locked_at"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(lifted_at=None), name="matchinglock_once"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="matchinglock_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"matching lock of {self.locked_at:%d %B %H:%M}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: the desk where it happened."""
        return SubjectFacts.of_desk(self.desk_id)


class VisibleUnmaskRequestQuerySet(VisibleQuerySet):
    """Requests are visible where their source is."""

    desk = "source__desk"


class UnmaskRequest(UUIDModel):
    """A request to reveal who a source is. A second person approves it; then its requester may open the vault once."""

    source = models.ForeignKey(Source, models.PROTECT, db_index=False, related_name="unmask_requests")
    requested_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reason = models.TextField()
    approved_by = models.ForeignKey("editorial.User", models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleUnmaskRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["source", "expires_at"], name="unmask_by_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("requested_by")),
                name="unmask_needs_a_second_person",
                violation_error_message="Another person must approve your request.",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="unmask_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(approved_at__isnull=False, used_at__lt=F("expires_at")),
                name="unmask_used_after_approval",
            ),
        ]

    def __str__(self) -> str:
        return f"request of {self.requested_at:%d %B %H:%M}"

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: those of the source."""
        return self.source.access_facts()
