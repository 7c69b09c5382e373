"""Stories: their text, their use of claims, and the evidence as it stood at publication."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, VersionedModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.unions import keys_of_any
from editorial.models.visibility import VisibleQuerySet, VisibleThroughStoryQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.publication.transitions import StoryStatus
from editorial.policy.publication.wire_items import GATE_CODES, OVERRIDABLE
from editorial.policy.vocabulary import Code, FindingValue, Gate, Mode, RemedyKind

BEFORE_PUBLICATION = (StoryStatus.SUBMITTED.value, StoryStatus.CLEARED.value, StoryStatus.SCHEDULED.value)
NEAR_PUBLICATION = (*BEFORE_PUBLICATION, StoryStatus.PUBLISHED.value)
"""The statuses in which the gate holds a story up. A draft that does not pass it yet is normal work."""

# Whatever code changes what others were given, they get a version with a number and a time of its own.
_NUMBER_PUBLISHED_VERSION = """
    IF NEW.published_version < OLD.published_version THEN
        RAISE EXCEPTION 'The published version of a story only grows.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status IN ('published', 'withheld', 'retracted') AND NEW.published_version = OLD.published_version
        AND (NEW.status, NEW.published_revision_id, NEW.last_published_at)
            IS DISTINCT FROM (OLD.status, OLD.published_revision_id, OLD.last_published_at) THEN
        NEW.published_version := 1 + COALESCE(NULLIF(OLD.published_version, 0),
            (SELECT number FROM editorial_storyrevision WHERE id = OLD.published_revision_id), 0);
        NEW.published_version_at := GREATEST(
            clock_timestamp(), OLD.published_version_at + interval '1 microsecond');
    END IF;
    RETURN NEW;
"""


# A note is removed if it may name a source that became confidential. History cannot be erased, so it records no notes.
@history.track(exclude=["correction_text", "correction_sources"])
class Story(VersionedModel):
    """One item, from pitch to retraction. Its text is in its revisions."""

    headline = models.CharField(max_length=200)
    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, db_index=False, related_name="stories")
    status = enum_field(StoryStatus, default=StoryStatus.PITCHED.value, editable=False)
    gate = enum_field(
        Gate, default=Gate.CONDITIONAL.value, editable=False,
        help_text="The gate when it was last recomputed; never pass for a story without claims.",
    )  # fmt: skip
    remedy = enum_field(
        RemedyKind, blank=True, default="", editable=False,
        help_text="The remedy owed since publication; empty before publication.",
    )  # fmt: skip
    open_codes = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], blank=True, editable=False,
        help_text="What keeps it from running, as codes of the gate. Evaluated together with the gate.",
    )  # fmt: skip
    authors = models.ManyToManyField("editorial.User", through="StoryAuthor", related_name="stories")
    pitched_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    pitched_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    cleared_at = models.DateTimeField(null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    publish_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The scheduled publication time (UTC)."
    )
    publish_time_zone = models.CharField(
        max_length=64, blank=True, default="", editable=False, help_text="IANA zone in which the time was entered."
    )
    planned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The time it was scheduled for before it left the schedule."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was first published.")
    published_revision = models.ForeignKey(
        "editorial.StoryRevision", models.PROTECT, null=True, blank=True, editable=False, db_index=False,
        related_name="+", help_text="The published text, without later revisions.",
    )  # fmt: skip
    last_published_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was last published."
    )
    correction_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the scheduled correction is to be published (UTC)."
    )
    correction_text = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="The scheduled correction's note to readers."
    )
    correction_by = models.ForeignKey(
        "editorial.User", models.PROTECT, null=True, blank=True, editable=False, db_index=False, related_name="+",
        help_text="The user who scheduled the correction.",
    )  # fmt: skip
    correction_sources = ArrayField(
        models.UUIDField(), null=True, default=None, blank=True, editable=False,
        help_text="The unnamed sources that its claims concerned when the note was compared with their names."
        " Null: they were not noted.",
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_drafts",
        help_text="The draft into which this one was merged; null if it was not.",
    )  # fmt: skip
    published_version = models.PositiveIntegerField(
        default=0, db_default=0, editable=False,
        help_text="The number of the version that others were given last; 0 before publication.",
    )  # fmt: skip
    published_version_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When others were given this version."
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "stories"
        indexes = [
            models.Index(fields=["publish_at", "id"], condition=Q(publish_at__isnull=False), name="story_due"),
            models.Index(fields=["desk", "status"], name="story_by_desk"),
            models.Index(
                fields=["correction_at"], condition=Q(correction_at__isnull=False), name="story_correction_due"
            ),
            models.Index(
                fields=["-gate", "-id"],
                condition=Q(gate__in=[Gate.BLOCK.value, Gate.HOLD.value], status__in=NEAR_PUBLICATION),
                name="story_held",
            ),
            models.Index(fields=["submitted_at", "id"], condition=Q(status="submitted"), name="story_to_clear"),
            models.Index(
                fields=["publish_at", "id"],
                condition=Q(gate=Gate.CONDITIONAL.value, status__in=BEFORE_PUBLICATION) & ~Q(open_codes=[]),
                name="story_to_confirm",
            ),
            trigram_index("story_headline_trgm", "headline"),
            filter_index("story", "status", "gate", "remedy"),
        ]
        constraints = [
            enum_check("story", "status", StoryStatus),
            enum_check("story", "gate", Gate),
            enum_check("story", "remedy", RemedyKind, blank=True),
            models.CheckConstraint(
                condition=~Q(status=StoryStatus.SCHEDULED.value) | Q(publish_at__isnull=False),
                name="story_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(status=StoryStatus.SPIKED.value) & ~Q(merged_into=F("id")),
                name="story_merged_is_spiked",
            ),
            models.CheckConstraint(
                condition=Q(correction_at=None) | (Q(correction_by__isnull=False) & ~Q(correction_text="")),
                name="story_scheduled_correction_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[StoryStatus.PUBLISHED.value, StoryStatus.RETRACTED.value])
                | Q(published_at__isnull=False),
                name="story_published_has_time",
            ),
        ]

        triggers = [
            pgtrigger.Trigger(
                name="story_published_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_NUMBER_PUBLISHED_VERSION,
            )
        ]

    def __str__(self) -> str:
        return self.headline

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, and its authors as owners."""
        authors = frozenset(str(user) for user in self.author_links.values_list("user_id", flat=True))
        return SubjectFacts.of_desk(self.desk_id, owners=authors)


def stories_using(claims: Any) -> models.QuerySet[Story]:
    """The stories that use one of these claims, in their draft or as published."""
    using = keys_of_any(Story.objects.all(), Q(uses__claim__in=claims), Q(published_uses__claim__in=claims))
    return Story.objects.filter(pk__in=using)


@history.track()
class StoryAuthor(UUIDModel):
    """An author of a story, who therefore may not approve its evidence."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, db_index=False, related_name="author_links")
    user = models.ForeignKey("editorial.User", on_delete=models.PROTECT, related_name="author_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "user"], name="storyauthor_once")]


class StoryRevision(UUIDModel):
    """The text of a story at one moment. Never edited: a change adds a revision."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    revised_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    revised_at = models.DateTimeField()
    position = history.position_field()

    objects = VisibleThroughStoryQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [history.position_index("position")]
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="storyrevision_once")]
        triggers = [pgtrigger.Protect(name="storyrevision_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Revision {self.number}"


@history.track()
class ClaimUse(UUIDModel):
    """How a story uses a claim ("Verification", section 1)."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, db_index=False, related_name="uses")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="uses")
    mode = enum_field(Mode, help_text="Asserted as fact, attributed to somebody, debunked, or omitted.")
    central = models.BooleanField(default=True, help_text="Whether the story falls if this claim does.")
    stated_source_count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The number of people that the copy says it has for this."
    )
    relies_on = models.ManyToManyField(
        "editorial.Statement", through="UseEvidence", related_name="relied_on_by",
        help_text="Statements that the copy openly relies on, in addition to those that count.",
    )  # fmt: skip

    class Meta:
        constraints = [
            enum_check("claimuse", "mode", Mode),
            models.UniqueConstraint(fields=["story", "claim"], name="claimuse_once"),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()


@history.track()
class UseEvidence(UUIDModel):
    """A statement that the copy openly relies on."""

    use = models.ForeignKey(ClaimUse, on_delete=models.CASCADE, db_index=False, related_name="evidence_links")
    statement = models.ForeignKey("editorial.Statement", on_delete=models.PROTECT, related_name="evidence_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["use", "statement"], name="useevidence_once")]


@history.track()
class PublishedUse(UUIDModel):
    """The published use of a claim: how the story used it when last published, and the finding at that time."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, db_index=False, related_name="published_uses")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="published_uses")
    mode = enum_field(Mode)
    finding = enum_field(
        FindingValue, blank=True, help_text="Status at publication; empty for an opinion or a forecast."
    )
    central = models.BooleanField(default=True)
    contested = models.BooleanField(default=False)
    stated_source_count = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True, default="", db_default="", help_text="The text of the claim at publication.")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            enum_check("publisheduse", "mode", Mode),
            enum_check("publisheduse", "finding", FindingValue, blank=True),
            models.UniqueConstraint(fields=["story", "claim"], name="publisheduse_once"),
        ]


@history.track()
class ConditionCheck(UUIDModel):
    """A copy editor's confirmation that one revision meets one condition of the gate."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="condition_checks")
    revision = models.ForeignKey(
        StoryRevision, on_delete=models.PROTECT, db_index=False, related_name="condition_checks"
    )
    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="+")
    code = enum_field(Code)
    confirmed_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            enum_check("conditioncheck", "code", Code),
            models.CheckConstraint(condition=Q(code__startswith="C_"), name="conditioncheck_is_a_condition"),
            models.UniqueConstraint(fields=["revision", "claim", "code"], name="conditioncheck_once"),
        ]


@history.track()
class NoClaimsCheck(UUIDModel):
    """A person's confirmation that one revision, which lists no claims, makes none that need checking."""

    revision = models.OneToOneField(StoryRevision, on_delete=models.PROTECT, related_name="no_claims_check")
    confirmed_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()


@history.track()
class GateOverride(UUIDModel):
    """A senior editor's reasoned decision to publish one revision before a reply deadline, or despite its wire item."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="overrides")
    revision = models.ForeignKey(StoryRevision, on_delete=models.PROTECT, db_index=False, related_name="overrides")
    code = models.CharField(max_length=32, choices=GATE_CODES)
    reason = models.TextField()
    overridden_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    overridden_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__in=list(OVERRIDABLE)),
                name="gateoverride_only_overridable_codes",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="gateoverride_has_a_reason"),
            models.UniqueConstraint(fields=["revision", "code"], name="gateoverride_once"),
        ]
