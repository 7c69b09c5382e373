"""Claims: atomic propositions, alone or in a compound; what utterances carry; and the parties that claims accuse."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, VersionedModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.visibility import VisibleClaimQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.vocabulary import ClaimKind, FindingValue, Risk

_CLAIM_PARTS_NOT_JUDGEMENTS = """
    IF NEW.kind IN ('opinion', 'forecast')
        AND EXISTS (SELECT 1 FROM editorial_compoundmember WHERE NEW.id IN (compound_id, member_id)) THEN
        RAISE EXCEPTION 'a judgement cannot be a compound or a member of one' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

_CLAIM_KIND_CARRIES = """
    IF NEW.kind <> 'utterance' AND EXISTS (SELECT 1 FROM editorial_carriedclaim WHERE utterance_id = NEW.id) THEN
        RAISE EXCEPTION 'only an utterance carries claims' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'utterance' AND EXISTS (SELECT 1 FROM editorial_carriedclaim WHERE carried_id = NEW.id) THEN
        RAISE EXCEPTION 'an utterance cannot be carried' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

JUDGEMENTS = [kind.value for kind in ClaimKind if kind.is_judgement]
"""Opinions and forecasts, which have neither finding nor status."""


@history.track()
class Claim(VersionedModel):
    """One proposition that a story may state, attribute or debunk ("Verification", section 1)."""

    text = models.TextField(help_text="The proposition, in one sentence.")
    kind = enum_field(ClaimKind, default=ClaimKind.CONTENT.value)
    risk = enum_field(Risk, default=Risk.SERIOUS.value, help_text="How much harm it does if it is wrong.")
    needs_context = models.BooleanField(default=False, db_default=False, help_text="True, but misleading on its own.")
    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, related_name="claims")
    status = enum_field(
        FindingValue, default=FindingValue.UNVERIFIED.value, blank=True, editable=False,
        help_text="The status in the newsroom: the finding; for verified and refuted it also needs the sign-off.",
    )  # fmt: skip
    contested = models.BooleanField(default=False, editable=False, help_text="Whether there is a live denial.")
    adverse_to = models.ManyToManyField(
        "editorial.Source", through="AdverseParty", related_name="accused_by", help_text="Parties owed a reply."
    )
    parts = models.ManyToManyField(
        "self",
        through="CompoundMember",
        through_fields=("compound", "member"),
        symmetrical=False,
        related_name="compounds",
    )
    carries = models.ManyToManyField(
        "self",
        through="CarriedClaim",
        through_fields=("utterance", "carried"),
        symmetrical=False,
        related_name="carried_by",
    )
    filed_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="When it was dropped as not worth pursuing.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged",
        help_text="The claim it was merged into, which now carries its evidence.",
    )  # fmt: skip

    objects = VisibleClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            trigram_index("claim_text_trgm", "text"),
            filter_index("claim", "status", "kind", "risk", "contested"),
            models.Index(fields=["id"], condition=~Q(dropped_at=None, merged_into=None), name="claim_closed"),
            models.Index(
                fields=["desk", "status"], condition=Q(dropped_at=None, merged_into=None), name="claim_open_by_desk"
            ),
        ]
        constraints = [
            enum_check("claim", "kind", ClaimKind),
            enum_check("claim", "risk", Risk),
            enum_check("claim", "status", FindingValue, blank=True),
            models.CheckConstraint(
                condition=Q(kind__in=JUDGEMENTS, status="") | (~Q(kind__in=JUDGEMENTS) & ~Q(status="")),
                name="claim_only_judgements_have_no_status",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="claim_text_not_empty"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="claim_not_merged_into_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="claim_parts_not_judgements",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("kind"),  # type: ignore[no-untyped-call]
                func=_CLAIM_PARTS_NOT_JUDGEMENTS,
            ),
            pgtrigger.Trigger(
                name="claim_kind_carries",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("kind"),  # type: ignore[no-untyped-call]
                func=_CLAIM_KIND_CARRIES,
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def live(self) -> bool:
        """Claims that are neither dropped nor merged into another."""
        return self.dropped_at is None and self.merged_into_id is None

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`, including every desk that sees the claim."""
        desks = self.visibility.values_list("desk_id", flat=True)
        return SubjectFacts(desks=frozenset(str(desk) for desk in (self.desk_id, *desks)))


# Both triggers lock the claims they check, so that a member and a statement added concurrently cannot slip past.
_COMPOUND_MEMBER_VALID = """
    PERFORM 1 FROM editorial_claim WHERE id IN (NEW.compound_id, NEW.member_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM editorial_claim WHERE id IN (NEW.compound_id, NEW.member_id)
        AND kind IN ('opinion', 'forecast')) THEN
        RAISE EXCEPTION 'a judgement cannot be a compound or a member of one' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM editorial_compoundmember WHERE compound_id = NEW.member_id)
        OR EXISTS (SELECT 1 FROM editorial_compoundmember WHERE member_id = NEW.compound_id) THEN
        RAISE EXCEPTION 'a member of a compound cannot be a compound' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM editorial_statement WHERE claim_id = NEW.compound_id) THEN
        RAISE EXCEPTION 'statements attach to members, not to a compound' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@history.track(found_by="compound")
class CompoundMember(UUIDModel):
    """A claim as a part of a compound."""

    compound = models.ForeignKey(Claim, on_delete=models.CASCADE, db_index=False, related_name="member_links")
    member = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="compound_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compound", "member"], name="compoundmember_once"),
            models.CheckConstraint(condition=~Q(compound=F("member")), name="compoundmember_not_of_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="compoundmember_valid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_COMPOUND_MEMBER_VALID,
            )
        ]


# Like the triggers above, it locks the claims that it checks: neither can change its kind meanwhile.
_CARRIED_CLAIM_VALID = """
    PERFORM 1 FROM editorial_claim WHERE id IN (NEW.utterance_id, NEW.carried_id) ORDER BY id FOR UPDATE;
    IF (SELECT kind FROM editorial_claim WHERE id = NEW.utterance_id) <> 'utterance' THEN
        RAISE EXCEPTION 'only an utterance carries claims' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT kind FROM editorial_claim WHERE id = NEW.carried_id) = 'utterance' THEN
        RAISE EXCEPTION 'an utterance cannot be carried' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@history.track(found_by="utterance")
class CarriedClaim(UUIDModel):
    """A claim that an utterance carries, i.e. passes on: “S said P” carries P."""

    utterance = models.ForeignKey(Claim, on_delete=models.CASCADE, db_index=False, related_name="carried_links")
    carried = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="carrier_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utterance", "carried"], name="carriedclaim_once"),
            models.CheckConstraint(condition=~Q(utterance=F("carried")), name="carriedclaim_not_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="carriedclaim_valid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_CARRIED_CLAIM_VALID,
            )
        ]


@history.track(found_by="claim")
class AdverseParty(UUIDModel):
    """A source that a claim is adverse to, and that is owed a reply."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, db_index=False, related_name="adverse_links")
    source = models.ForeignKey("editorial.Source", on_delete=models.PROTECT, related_name="adverse_links")

    class Meta:
        verbose_name_plural = "adverse parties"
        constraints = [models.UniqueConstraint(fields=["claim", "source"], name="adverseparty_once")]
