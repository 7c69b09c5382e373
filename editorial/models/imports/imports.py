"""Imports: what was brought in, the result of each row, and the wire items behind drafts."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from editorial.models.base_fields import UUIDModel, enum_check, enum_field, filter_index
from editorial.models.visibility import VisibleQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.imports import ImportKind, ImportState, RowState
from editorial.policy.publication.wire_items import PubStatus, WireItemFacts


class Import(UUIDModel):
    """One import of a claims sheet, a feed, ninjs or a page, with its progress."""

    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, related_name="imports")
    kind = enum_field(ImportKind, help_text="The kind of import.")
    check_only = models.BooleanField(default=False, help_text="Only report the expected results; file nothing.")
    url = models.CharField(max_length=2000, blank=True, default="", help_text="The URL it was fetched from.")
    feed_url = models.CharField(
        max_length=2000, blank=True, default="", db_default="", editable=False,
        help_text="The feed that the page at the URL names, which is fetched instead; empty if it is itself the feed.",
    )  # fmt: skip
    outlet = models.ForeignKey(
        "editorial.Source", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="The outlet that published the items; otherwise it is found by the name in them.",
    )  # fmt: skip
    scheduled_import = models.ForeignKey(
        "editorial.ScheduledImport", models.PROTECT, null=True, blank=True, related_name="imports",
        help_text="The scheduled import that it belongs to; null if somebody started it.",
    )  # fmt: skip
    state = enum_field(ImportState, help_text="The state of the import.")
    read_as = models.CharField(
        max_length=80, blank=True, default="", help_text="For a sheet: its encoding and delimiter."
    )
    problem = models.CharField(
        max_length=500, blank=True, default="", help_text="Why it failed and what to do; empty if it did not."
    )
    row_count = models.PositiveIntegerField(default=0, help_text="The number of rows.")
    filed = models.PositiveIntegerField(default=0, help_text="Rows that were filed, or would be.")
    known = models.PositiveIntegerField(default=0, help_text="Rows that were already on file and remain unchanged.")
    updated = models.PositiveIntegerField(default=0, help_text="Rows whose wire item has changed since.")
    refused = models.PositiveIntegerField(default=0, help_text="Rows that were rejected, each with its reasons.")
    left_out = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Items of a feed that were left out, because it has newer ones."
    )
    started_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="imports")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [filter_index("import", "kind", "state")]
        ordering = ["-id"]
        constraints = [
            enum_check("import", "kind", ImportKind),
            enum_check("import", "state", ImportState),
            models.CheckConstraint(
                condition=Q(row_count__gte=F("filed") + F("known") + F("updated") + F("refused")),
                name="import_row_counts_consistent",
            ),
        ]

    def __str__(self) -> str:
        return f"{ImportKind(self.kind).label} of {self.started_at:%d %B %Y}"

    @property
    def processed(self) -> int:
        """The number of rows processed."""
        return self.filed + self.known + self.updated + self.refused

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: its desk, and the user who started it as owner."""
        return SubjectFacts.of_desk(self.desk_id, owners=frozenset({str(self.started_by_id)}))


class VisibleThroughImportQuerySet(VisibleQuerySet):
    """Rows are visible to everyone who sees their import."""

    desk = "batch__desk"


class ImportRow(UUIDModel):
    """A line of a sheet or an item of a feed. It is processed once, and then points at the object it created."""

    batch = models.ForeignKey(
        Import, on_delete=models.PROTECT, db_index=False, related_name="rows", verbose_name="import"
    )
    number = models.PositiveIntegerField(help_text="The first line in the sheet; for items, their order.")
    state = enum_field(RowState, default=RowState.WAITING.value, help_text="The result, or expected result.")
    data: Any = models.JSONField(
        default=dict, blank=True, help_text="The content, until it is filed. Sources appear by id only."
    )
    claim = models.ForeignKey(
        "editorial.Claim", models.PROTECT, null=True, blank=True, related_name="+", help_text="The claim it created."
    )
    story = models.ForeignKey(
        "editorial.Story", models.PROTECT, null=True, blank=True, related_name="+", help_text="The story it created."
    )
    reasons: Any = models.JSONField(
        default=list, blank=True, help_text="Reasons for rejection, or remarks: code, field and text."
    )

    objects = VisibleThroughImportQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["batch", "number"], condition=Q(state=RowState.WAITING.value), name="importrow_waiting"
            ),
            # To find the notice that withdrew an item which was not on file.
            models.Index(
                KeyTextTransform("key", "data"), condition=Q(state=RowState.REFUSED.value), name="importrow_refused_key"
            ),
            filter_index("importrow", "state"),
            models.Index(fields=["number", "id"], name="importrow_by_number"),
        ]
        constraints = [
            enum_check("importrow", "state", RowState),
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_once"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number}"

    @property
    def summary(self) -> str:
        """The beginning of its content, for recognition; empty once the row is filed."""
        return str(self.data.get("headline") or self.data.get("text") or "")[:200]

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: those of its import."""
        return self.batch.access_facts()


class WireItem(UUIDModel):
    """An outlet's item and the draft made from it. All versions of an item share one row."""

    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, db_index=False, related_name="wire_items")
    uri = models.CharField(max_length=2000, help_text="The outlet's permanent id of the item.")
    key = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the URI, which may be long.")
    link = models.CharField(max_length=2000, blank=True, default="", help_text="The URL for readers.")
    outlet = models.ForeignKey(
        "editorial.Source",
        on_delete=models.PROTECT,
        related_name="wire_items",
        help_text="The outlet that published it.",
    )
    story = models.ForeignKey(
        "editorial.Story", models.PROTECT, related_name="wire_items",
        help_text="The draft made from it, or the one into which that was merged.",
    )  # fmt: skip
    exhibit = models.ForeignKey(
        "editorial.Exhibit", models.PROTECT, related_name="+", help_text="The archived copy of its latest version."
    )
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of its headline and text.")
    digests = ArrayField(
        models.CharField(max_length=64), default=list, db_default=[], blank=True, editable=False,
        help_text="The digests of its earlier versions.",
    )  # fmt: skip
    edition = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="The outlet's number of this version."
    )
    published_at = models.DateTimeField(null=True, blank=True, help_text="When its outlet published it.")
    published_on = models.DateField(
        null=True, blank=True, help_text="The day on which its outlet published it, if only the day is known."
    )
    revised_at = models.DateTimeField(
        null=True, blank=True, help_text="When its outlet last changed it, according to the outlet."
    )
    embargo_until = models.DateTimeField(null=True, blank=True, help_text="The outlet's embargo.")
    embargo_as_stated = models.CharField(
        max_length=2000, blank=True, default="", db_default="",
        help_text="The outlet's embargo, in its own words, if it cannot be read; it holds until somebody overrides it.",
    )  # fmt: skip
    pub_status = enum_field(
        PubStatus, default=PubStatus.USABLE.value, db_default=PubStatus.USABLE.value,
        help_text="Whether its outlet lets it be used.",
    )  # fmt: skip
    states_embargo = models.BooleanField(
        default=True, db_default=True, editable=False,
        help_text="Whether the format of a version on file can state an embargo, so that older ones do not count.",
    )  # fmt: skip
    states_status = models.BooleanField(
        default=True, db_default=True, editable=False,
        help_text="Whether the format of a version on file can state a withdrawal, so that older ones do not count.",
    )  # fmt: skip
    held_at = models.DateTimeField(
        null=True, blank=True,
        help_text="When its withdrawal or an embargo that cannot be read arrived. Earlier overrides do not cover it.",
    )  # fmt: skip
    received_at = models.DateTimeField(help_text="When this version was imported.")
    changed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a changed version was imported; the draft was left unchanged. Empty: never.",
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["desk", "key"], name="wireitem_once_per_desk"),
            enum_check("wireitem", "pub_status", PubStatus),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True, pub_status=PubStatus.USABLE.value, embargo_as_stated="")
                | (Q(held_at__isnull=False) & ~Q(pub_status=PubStatus.USABLE.value, embargo_as_stated="")),
                name="wireitem_held_since",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(published_on__isnull=True),
                name="wireitem_published_at_a_time_or_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.link or self.uri

    def access_facts(self) -> SubjectFacts:
        return SubjectFacts.of_desk(self.desk_id)

    def facts(self) -> WireItemFacts:
        """Facts for `policy.publication.wire_items`."""
        return WireItemFacts(
            pub_status=PubStatus(self.pub_status),
            embargo_until=self.embargo_until,
            embargo_as_stated=self.embargo_as_stated,
        )
