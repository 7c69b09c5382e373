"""Forms of the actions on sources."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import (
    AutocompleteField,
    CheckboxField,
    ChoiceField,
    MultipleAutocompleteField,
    ReasonField,
    SecretField,
    TextAreaField,
    TextField,
)
from editorial.models import Source
from editorial.models.evidence.sources import DispositiveEvidence, SettlingEffect
from editorial.policy.actions import Action
from editorial.policy.vocabulary import BenefitsIf, Reliability, SourceType

_VAULT = "Stored encrypted in the vault and never shown here. Type it again if the form reports an error."
_KNOWN_BY = "Distinguishes this person from a namesake: a birth date, a number, an address. Also goes into the vault."
_DESCRIPTION = "of an unnamed source a description that does not identify, such as “a sluice engineer”"


class _SourceFields(ActionForm):
    """The fields shared by new and existing sources."""

    name = TextField("Name", help_text=f"As readers may see it; {_DESCRIPTION}.")
    description = TextAreaField(
        "Source's knowledge", rows=2, required=False, help_text="Not weighed. Must not identify the source."
    )
    benefits_if = ChoiceField(
        "Benefits if",
        BenefitsIf,
        empty_label="Not stated",
        help_text="An accused party benefits from disbelief automatically.",
    )
    org = AutocompleteField("Employer", (Source, "org"), required=False)
    speaks_for = AutocompleteField(
        "Speaks for", (Source, "speaks_for"), required=False, help_text="Spokesperson, lawyer, agent."
    )
    parent = AutocompleteField("Owner", (Source, "parent"), required=False)
    camp = TextField("Camp", max_length=80, required=False, help_text="The side it is on.")
    author = AutocompleteField("Author", (Source, "author"), required=False, help_text="Documents only.")
    issuer = AutocompleteField("Issuer", (Source, "issuer"), required=False, help_text="Documents only.")
    establishes = MultipleAutocompleteField(
        "Establishes",
        (DispositiveEvidence, "claim"),
        required=False,
        help_text="Claims that a document or observation settles.",
    )
    contradicts = MultipleAutocompleteField("Contradicts", (DispositiveEvidence, "claim"), required=False)

    advanced_fields = ("parent", "camp", "author", "issuer", "establishes", "contradicts")


class SourceCreateForm(_SourceFields, DeskActionForm):
    action = Action.SOURCE_REGISTER

    type = ChoiceField("Type", SourceType)
    unnamed = CheckboxField("Unnamed: the name must not appear")
    identity_name = SecretField("Real name", required=False, help_text=_VAULT)
    identity_known_by = SecretField("Known by", required=False, help_text=_KNOWN_BY)

    field_order = ("type", "name", "unnamed", "identity_name", "identity_known_by", "description", "desk_id")


class SourceUpdateForm(VersionedActionForm, _SourceFields):
    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        settles = list(row.dispositive_evidence.values_list("effect", "claim_id"))
        return (
            super().initial_for_row(row)
            | {name: getattr(row, name) for name in ("name", "description", "benefits_if", "camp")}
            | {name: getattr(row, f"{name}_id") for name in ("org", "speaks_for", "parent", "author", "issuer")}
            | {effect.value: [claim for which, claim in settles if which == effect] for effect in SettlingEffect}
        )

    def prepare(self) -> None:
        """Remove the fields that do not apply to the source's type."""
        row: Source = self.row
        if row.type != SourceType.DOCUMENT:
            del self.fields["author"], self.fields["issuer"]
        if row.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
            del self.fields["establishes"], self.fields["contradicts"]


class SourceRateForm(ActionForm):
    """The reliability rating."""

    reliability = ChoiceField("Reliability", Reliability)
    reason = ReasonField(required=False, help_text="The basis of the rating.")

    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        """The present rating."""
        return {"reliability": row.reliability}


class DocumentAuthenticateForm(ActionForm):
    """How the document was authenticated."""

    reason = ReasonField("How it was authenticated")


class SourceProtectForm(ActionForm):
    """A public description, and a name for the vault."""

    name = TextField("Public description", help_text="Must not identify, such as “a sluice engineer”.")
    identity_name = SecretField("Real name", help_text=_VAULT)
    identity_known_by = SecretField("Known by", help_text=_KNOWN_BY)


class SourceMatchIdentityForm(ActionForm):
    """The identity of a named person; only a token of it is stored."""

    identity_name = SecretField("Real name", help_text="As it would be in the vault. Only a token of it is stored.")
    identity_known_by = SecretField("Known by", help_text=_KNOWN_BY)


class SourceVouchForm(ActionForm):
    """How the editor knows the source."""

    reason = ReasonField("How you know who it is", help_text="Do not give the name.")


class UnmaskForm(ActionForm):
    """The reason for revealing the identity."""

    reason = ReasonField(
        "Why you need to know", help_text="Access and reason are recorded, and custodians are notified."
    )


class MergeImpactForm(ActionForm):
    """The source for a merge preview."""

    into_id = AutocompleteField("If it were merged with", (Source, "merged_into"))


class SourceMergeForm(ActionForm):
    """The source to merge into."""

    into_id = AutocompleteField("Same source as", (Source, "merged_into"))
    reason = ReasonField("How you established it", help_text="Do not give a confidential name.")
