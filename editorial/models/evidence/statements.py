"""Statements: what a source said about a claim, how it knows, and which statement repeats which."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import LessThanOrEqual

from editorial.models import history
from editorial.models.base_fields import UUIDModel, VersionedModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.visibility import VisibleQuerySet, VisibleThroughClaimQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.vocabulary import (
    BenefitsIf,
    Directness,
    Ending,
    Inducement,
    ObtainedBy,
    Stance,
    Terms,
    Translation,
)


class Briefing(UUIDModel):
    """A briefing, conference call or release: speakers at the same one count as one voice on what they said there."""

    name = models.CharField(max_length=200, help_text="Such as: White House press call, Friday noon.")
    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, db_index=False, related_name="briefings")
    held_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "name"], name="briefing_once")]

    def __str__(self) -> str:
        return self.name

    def access_facts(self) -> SubjectFacts:
        return SubjectFacts.of_desk(self.desk_id)


ENDED_AT = {ending: f"{ending.value}_at" for ending in Ending}
"""The column with the time of each ending."""

STANDING = Q(struck_at=None, **dict.fromkeys(ENDED_AT.values()))
"""Statements that have neither ended nor been struck."""


_STATEMENT_NOT_ON_COMPOUND = """
    PERFORM 1 FROM editorial_claim WHERE id = NEW.claim_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM editorial_compoundmember WHERE compound_id = NEW.claim_id) THEN
        RAISE EXCEPTION 'statements attach to members, not to a compound' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

_STATEMENT_RELAYS_VALID = """
    IF EXISTS (
        SELECT 1 FROM editorial_relay r
        JOIN editorial_statement d ON d.id = r.derived_id
        JOIN editorial_statement o ON o.id = r.origin_id
        WHERE (r.derived_id = NEW.id OR r.origin_id = NEW.id)
          AND (d.claim_id <> o.claim_id OR d.stance <> o.stance OR d.directness = 'first_hand')
    ) THEN
        RAISE EXCEPTION 'a relay stays within one claim and one stance, and its derived statement is not first-hand'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


@history.track(found_by="claim")
class Statement(VersionedModel):
    """What one source states about one claim ("Verification", section 1)."""

    claim = models.ForeignKey("editorial.Claim", on_delete=models.PROTECT, related_name="statements")
    source = models.ForeignKey("editorial.Source", on_delete=models.PROTECT, related_name="statements")
    stance = enum_field(Stance, help_text="Only affirms and denies weigh; nothing else may be written up as a denial.")
    directness = enum_field(Directness, help_text="How the source knows: first-hand, from an informant, or as a relay.")
    informant = models.ForeignKey(
        "editorial.Source", models.PROTECT, null=True, blank=True, related_name="informed_statements",
        help_text="The source of a second-hand statement; empty if unknown.",
    )  # fmt: skip
    terms = enum_field(Terms, help_text="The terms on which it was given.")
    obtained_by = enum_field(
        ObtainedBy, default=ObtainedBy.US.value, help_text="Collected by us, or by others (external)."
    )
    briefing = models.ForeignKey(Briefing, models.PROTECT, null=True, blank=True, related_name="statements")
    benefits_if = enum_field(
        BenefitsIf, blank=True, default="", help_text="Overrides what the source gains, for this statement."
    )
    embargo_until = models.DateTimeField(null=True, blank=True, help_text="Must not be used before this time (UTC).")
    embargo_lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When its source withdrew it.")
    retracted_at = models.DateTimeField(null=True, blank=True, help_text="When its publisher retracted it.")
    corrected_at = models.DateTimeField(null=True, blank=True, help_text="When it was corrected.")
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="When a newer statement replaced it because the facts had changed."
    )
    ended_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced",
        help_text="The statement that replaced it, if it was corrected or superseded. Not weighed.",
    )  # fmt: skip
    inducement = enum_field(
        Inducement, blank=True, default="", db_default="",
        help_text="Whether the source was paid or coerced. Paid counts as interested and is disclosed in the copy; "
        "coerced does not count.",
    )  # fmt: skip
    collector_conflict = models.BooleanField(
        default=False, db_default=False,
        help_text="The collector has a conflict of interest. It does not count until a colleague takes the statement "
        "again.",
    )  # fmt: skip
    translation = enum_field(
        Translation, blank=True, default="", db_default="",
        help_text="Who translated it; empty if not translated. A machine translation counts once it is checked.",
    )  # fmt: skip
    struck_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was struck because it was recorded by mistake."
    )
    quote = models.TextField(blank=True, default="", help_text="Verbatim. Not weighed.")
    said_at = models.DateTimeField(null=True, blank=True, help_text="When it was made. Not weighed.")
    exhibit = models.ForeignKey(
        "editorial.Exhibit", models.PROTECT, null=True, blank=True, related_name="statements",
        help_text="The archived copy. Not weighed; if it is missing, a task asks for it.",
    )  # fmt: skip
    credibility = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Admiralty scale 1 (confirmed) to 6 (cannot be judged). Not weighed."
    )
    reply_request = models.ForeignKey(
        "editorial.ReplyRequest", models.PROTECT, null=True, blank=True, related_name="statements",
        help_text="The reply request this statement answers.",
    )  # fmt: skip
    collected_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="collected")
    recorded_at = models.DateTimeField()

    objects = VisibleThroughClaimQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [
            models.Index(
                fields=["embargo_until"],
                condition=Q(embargo_until__isnull=False, embargo_lifted_at=None),
                name="statement_embargo_due",
            ),
            trigram_index("statement_quote_trgm", "quote"),
            filter_index("statement", "stance", "directness", "terms", "obtained_by"),
            models.Index(fields=["id"], condition=~STANDING, name="statement_ended"),
        ]
        constraints = [
            enum_check("statement", "stance", Stance),
            enum_check("statement", "directness", Directness),
            enum_check("statement", "terms", Terms),
            enum_check("statement", "obtained_by", ObtainedBy),
            enum_check("statement", "benefits_if", BenefitsIf, blank=True),
            enum_check("statement", "inducement", Inducement, blank=True),
            enum_check("statement", "translation", Translation, blank=True),
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    Func(*ENDED_AT.values(), function="num_nonnulls", output_field=models.IntegerField()), 1
                ),
                name="statement_ended_in_one_way",
                violation_error_message="A statement can end in only one way.",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(corrected_at__isnull=False) | Q(superseded_at__isnull=False),
                name="statement_replaced_if_corrected_or_superseded",
                violation_error_message="Only a corrected or superseded statement can have a replacement.",
            ),
            models.CheckConstraint(condition=~Q(ended_by=F("id")), name="statement_not_replaced_by_itself"),
            models.CheckConstraint(
                condition=Q(credibility__isnull=True) | Q(credibility__range=(1, 6)),
                name="statement_credibility_1_to_6",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="statement_not_on_compound",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("claim_id"),  # type: ignore[no-untyped-call]
                func=_STATEMENT_NOT_ON_COMPOUND,
            ),
            pgtrigger.Trigger(
                name="statement_relays_valid",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("claim_id", "stance", "directness"),  # type: ignore[no-untyped-call]
                timing=pgtrigger.Deferred,
                func=_STATEMENT_RELAYS_VALID,
            ),
        ]

    @property
    def ended(self) -> Ending | None:
        """How it ended; None while it stands."""
        return next((ending for ending, column in ENDED_AT.items() if getattr(self, column)), None)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended."""
        return getattr(self, ENDED_AT[self.ended]) if self.ended else None

    def end(self, ending: Ending | None, at: datetime | None) -> None:
        """Set how and when it ended."""
        for other, column in ENDED_AT.items():
            setattr(self, column, at if other is ending else None)

    def __str__(self) -> str:
        return f"{self.get_stance_display()}, {self.get_directness_display()}"


_RELAY_VALID = """
    IF NOT EXISTS (
        SELECT 1 FROM editorial_statement d JOIN editorial_statement o ON o.id = NEW.origin_id
        WHERE d.id = NEW.derived_id AND d.claim_id = o.claim_id AND d.stance = o.stance AND d.directness <> 'first_hand'
    ) THEN
        RAISE EXCEPTION 'a relay stays within one claim and one stance, and its derived statement is not first-hand'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


@history.track()
class Relay(UUIDModel):
    """The derived statement repeats the origin (W3C PROV: wasDerivedFrom)."""

    derived = models.ForeignKey(Statement, on_delete=models.CASCADE, db_index=False, related_name="relays")
    origin = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="relayed_by")
    recorded_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["derived", "origin"], name="relay_once"),
            models.CheckConstraint(condition=~Q(derived=F("origin")), name="relay_not_of_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="relay_within_claim_and_stance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=_RELAY_VALID,
            )
        ]
