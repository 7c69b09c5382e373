"""Sources: the people, documents and outlets behind statements. Confidential names are in the vault."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from editorial.models import history
from editorial.models.base_fields import UUIDModel, VersionedModel, enum_check, enum_field, filter_index, trigram_index
from editorial.models.encryption import EncryptedField, Purpose
from editorial.models.visibility import VisibleSourceQuerySet
from editorial.policy.access import SubjectFacts
from editorial.policy.disclosure import UNNAMED_SOURCE
from editorial.policy.vocabulary import Authenticity, BenefitsIf, ChoiceEnum, Reliability, SourceType


class SettlingEffect(ChoiceEnum):
    """The direction in which a document or observation settles a claim."""

    ESTABLISHES = "establishes"
    CONTRADICTS = "contradicts"


def established_authenticity(stored: Authenticity, authenticated: bool) -> Authenticity:
    """The result of authentication. `authenticated` decides between genuine and unknown: during an upgrade, the
    previous version writes only that column."""
    if stored in (Authenticity.UNKNOWN, Authenticity.GENUINE):
        return Authenticity.GENUINE if authenticated else Authenticity.UNKNOWN
    return stored


# A name may become confidential after it was entered, and history cannot be erased, so it records no names.
@history.track(exclude=["name", "description"])
class Source(VersionedModel):
    """A person, organisation, document, outlet or observation ("Verification", section 1)."""

    type = enum_field(SourceType)
    name = models.CharField(
        max_length=200,
        help_text="Public name; of an unnamed source a description that does not identify, never the name.",
    )
    description = models.TextField(blank=True, help_text="How the source knows. Not weighed; must not identify.")
    desk = models.ForeignKey("editorial.Desk", on_delete=models.PROTECT, related_name="sources")
    reliability = enum_field(
        Reliability, blank=True, default="",
        help_text="Admiralty scale A (reliable) to F (cannot be judged). Empty: not rated yet, counts as F.",
    )  # fmt: skip
    unnamed = models.BooleanField(default=False, help_text="The name must not appear; it belongs in the vault.")
    key = models.CharField(
        max_length=64, blank=True, default="", editable=False,
        help_text="Opaque identity token: equal tokens are one human being.",
    )  # fmt: skip
    editor_knows = models.BooleanField(
        default=True, help_text="An editor knows who this unnamed source is. Counts for unnamed sources only."
    )
    org = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="staff", help_text="Employer.")
    speaks_for = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agents",
        help_text="The principal this source speaks for.",
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="holdings", help_text="Owner."
    )
    author = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="writings", help_text="The author of a document."
    )
    issuer = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="issues", help_text="The issuer of a document."
    )
    benefits_if = enum_field(
        BenefitsIf,
        blank=True,
        default="",
        help_text="What this source gains from: the claim being believed, disbelieved, or neither.",
    )
    camp = models.CharField(max_length=80, blank=True, default="", help_text="The side this source is on.")
    authenticated = models.BooleanField(default=False, help_text="It has been checked and is genuine.")
    authenticity = enum_field(
        Authenticity,
        default=Authenticity.UNKNOWN.value,
        db_default=Authenticity.UNKNOWN.value,
        help_text="The result of authenticating a document or our own observation.",
    )
    registered_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged",
        help_text="The source it was merged into. It takes no new statements.",
    )  # fmt: skip

    objects = VisibleSourceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["key"], condition=~Q(key=""), name="source_by_identity"),
            trigram_index("source_name_trgm", "name"),
            trigram_index("source_camp_trgm", "camp"),
            filter_index("source", "type", "reliability", "unnamed", "editor_knows", "authenticity"),
        ]
        constraints = [
            enum_check("source", "type", SourceType),
            enum_check("source", "reliability", Reliability, blank=True),
            enum_check("source", "benefits_if", BenefitsIf, blank=True),
            models.CheckConstraint(
                condition=~Q(type=SourceType.ORGANIZATION.value, org__isnull=False),
                name="source_organization_has_no_employer",
                violation_error_message="An organisation has no employer. Leave the field empty.",
            ),
            models.CheckConstraint(
                condition=Q(type=SourceType.DOCUMENT.value) | Q(author__isnull=True, issuer__isnull=True),
                name="source_only_documents_have_makers",
                violation_error_message="Only a document has an author or an issuer.",
            ),
            enum_check("source", "authenticity", Authenticity),
            models.CheckConstraint(
                condition=Q(type__in=[SourceType.DOCUMENT.value, SourceType.OBSERVATION.value])
                | Q(authenticity=Authenticity.UNKNOWN.value),
                name="source_only_records_have_authenticity",
                violation_error_message="Only a document or an observation has an authenticity.",
            ),
            models.CheckConstraint(
                condition=Q(type__in=[SourceType.DOCUMENT.value, SourceType.OBSERVATION.value])
                | Q(authenticated=False),
                name="source_only_records_are_authenticated",
                violation_error_message="Only a document or an observation can be authenticated.",
            ),
            models.CheckConstraint(
                condition=Q(unnamed=False) | Q(type=SourceType.PERSON.value),
                name="source_only_people_are_unnamed",
                violation_error_message="Only a person can be an unnamed source.",
            ),
        ]

    @property
    def established_authenticity(self) -> Authenticity:
        """The result of authentication."""
        return established_authenticity(Authenticity(self.authenticity), self.authenticated)

    def __str__(self) -> str:
        # Safe wherever it is printed. Interfaces use `workflow.evidence.disclosure`, which knows who reads.
        return UNNAMED_SOURCE if self.unnamed else self.name

    def access_facts(self) -> SubjectFacts:
        """Facts for `policy.access`: the desk, and whether the whole organisation may know the source."""
        return SubjectFacts.of_desk(self.desk_id, shared=not self.unnamed)


@history.track()
class DispositiveEvidence(UUIDModel):
    """A document or observation that settles a claim, for or against ("Verification", sole routes)."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, db_index=False, related_name="dispositive_evidence")
    claim = models.ForeignKey("editorial.Claim", on_delete=models.CASCADE, related_name="dispositive_evidence")
    effect = enum_field(SettlingEffect)

    class Meta:
        verbose_name_plural = "dispositive evidence"
        constraints = [
            enum_check("dispositive_evidence", "effect", SettlingEffect),
            models.UniqueConstraint(fields=["source", "claim", "effect"], name="dispositiveevidence_once"),
        ]


# A new record is written in place of changing one; a former record stays former.
_IDENTITY_NOT_OVERWRITTEN = """
    IF (NEW.id, NEW.source_id, NEW.token, NEW.encrypted_by_id)
            IS DISTINCT FROM (OLD.id, OLD.source_id, OLD.token, OLD.encrypted_by_id)
        OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at) THEN
        RAISE EXCEPTION 'an identity in the vault is not overwritten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class IdentityRecord(UUIDModel):
    """The vault: an identity of an unnamed source. Encrypted; revealed only by `source.unmask`, which records why.

    Nothing in the vault is overwritten: another identity is another record, and the former one stays. Only the
    encryption of a record may change, when keys are rotated.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="identities")
    encrypted_identity = EncryptedField(
        purpose=Purpose.IDENTITY,
        binds=("source_id",),
        padded_to=4096,  # more than any real name and details take, so that all look alike
        help_text="The name and details that distinguish the person from namesakes, encrypted.",
    )
    token = models.CharField(max_length=64, db_index=True, help_text="HMAC that identifies the same human being.")
    encrypted_at = models.DateTimeField()
    encrypted_by = models.ForeignKey("editorial.User", models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="Empty: this is the source's identity now.")

    class Meta:
        ordering = ["-encrypted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(replaced_at=None),
                name="identity_one_current",
                violation_error_message="The vault already holds an identity for this source.",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="identity_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="identity_not_overwritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=_IDENTITY_NOT_OVERWRITTEN,
            ),
        ]

    def __str__(self) -> str:
        return "encrypted identity"
