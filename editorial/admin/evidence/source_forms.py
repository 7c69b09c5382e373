"""What the verbs on sources ask for."""

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

_VAULT = "Goes into the vault, encrypted. It is shown to nobody here, and has to be typed again if the form comes back."
_KNOWN_BY = "What tells this person from a namesake: a birth date, a number, an address. Vault too."
_DESCRIPTION = "of an unnamed source a description that does not identify, such as “a sluice engineer”"


class _SourceFields(ActionForm):
    """The fields of a source, new or known."""

    name = TextField("Name", help_text=f"As readers may know it; {_DESCRIPTION}.")
    description = TextAreaField(
        "Source's knowledge", rows=2, required=False, help_text="Not weighed; must not identify."
    )
    benefits_if = ChoiceField(
        "Benefits if",
        BenefitsIf,
        empty_label="Not stated",
        help_text="An accused party gains from disbelief by itself.",
    )
    org = AutocompleteField("Employer", (Source, "org"), required=False)
    speaks_for = AutocompleteField(
        "Speaks for", (Source, "speaks_for"), required=False, help_text="Spokesperson, lawyer, agent."
    )
    parent = AutocompleteField("Owner", (Source, "parent"), required=False)
    camp = TextField("Camp", max_length=80, required=False, help_text="A side it stands on.")
    author = AutocompleteField("Author", (Source, "author"), required=False, help_text="Documents only.")
    issuer = AutocompleteField("Issuer", (Source, "issuer"), required=False, help_text="Documents only.")
    establishes = MultipleAutocompleteField(
        "Establishes",
        (DispositiveEvidence, "claim"),
        required=False,
        help_text="Claims a document or observation settles.",
    )
    contradicts = MultipleAutocompleteField("Contradicts", (DispositiveEvidence, "claim"), required=False)

    advanced_fields = ("parent", "camp", "author", "issuer", "establishes", "contradicts")


class SourceCreateForm(_SourceFields, DeskActionForm):
    """A new source."""

    action = Action.SOURCE_REGISTER

    type = ChoiceField("Type", SourceType)
    unnamed = CheckboxField("Unnamed: the name must not appear")
    identity_name = SecretField("Real name", required=False, help_text=_VAULT)
    identity_known_by = SecretField("Known by", required=False, help_text=_KNOWN_BY)

    field_order = ("type", "name", "unnamed", "identity_name", "identity_known_by", "description", "desk_id")


class SourceUpdateForm(VersionedActionForm, _SourceFields):
    """A source, put right."""

    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        """The source as it stands."""
        settles = list(row.dispositive_evidence.values_list("effect", "claim_id"))
        return (
            super().initial_for_row(row)
            | {name: getattr(row, name) for name in ("name", "description", "benefits_if", "camp")}
            | {name: getattr(row, f"{name}_id") for name in ("org", "speaks_for", "parent", "author", "issuer")}
            | {effect.value: [claim for which, claim in settles if which == effect] for effect in SettlingEffect}
        )

    def prepare(self) -> None:
        """What does not fit the type is not asked for."""
        row: Source = self.row
        if row.type != SourceType.DOCUMENT:
            del self.fields["author"], self.fields["issuer"]
        if row.type not in (SourceType.DOCUMENT, SourceType.OBSERVATION):
            del self.fields["establishes"], self.fields["contradicts"]


class SourceRateForm(ActionForm):
    """How reliable."""

    reliability = ChoiceField("Reliability", Reliability)
    reason = ReasonField(required=False, help_text="What the rating rests on.")

    @classmethod
    def initial_for_row(cls, row: Source) -> dict[str, Any]:
        """The rating it has."""
        return {"reliability": row.reliability}


class DocumentAuthenticateForm(ActionForm):
    """How it was shown to be genuine."""

    reason = ReasonField("How it was authenticated")


class SourceProtectForm(ActionForm):
    """A description for the pages, and a name for the vault."""

    name = TextField("Description for the pages", help_text="Does not identify, such as “a sluice engineer”.")
    identity_name = SecretField("Real name", help_text=_VAULT)
    identity_known_by = SecretField("Known by", help_text=_KNOWN_BY)


class SourceMatchIdentityForm(ActionForm):
    """Who a named person is; only a token of it is kept."""

    identity_name = SecretField("Real name", help_text="As it would go into the vault. Only a token of it is kept.")
    identity_known_by = SecretField("Known by", help_text=_KNOWN_BY)


class SourceVouchForm(ActionForm):
    """How the editor knows."""

    reason = ReasonField("How you know who it is", help_text="Without the name.")


class UnmaskForm(ActionForm):
    """Why somebody has to know."""

    reason = ReasonField(
        "Why you have to know", help_text="The look and this reason are recorded, and custodians are told."
    )


class MergeImpactForm(ActionForm):
    """Which source it might be the same as, only to see what would follow."""

    into_id = AutocompleteField("If it were the same as", (Source, "merged_into"))


class SourceMergeForm(ActionForm):
    """The source that stays."""

    into_id = AutocompleteField("It is the same as", (Source, "merged_into"))
    reason = ReasonField("How it was found out", help_text="Without a confidential name.")
