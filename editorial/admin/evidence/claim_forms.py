"""What the verbs on claims ask for."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import (
    AutocompleteField,
    ChoiceField,
    MultipleAutocompleteField,
    ReasonField,
    TextAreaField,
)
from editorial.models import Claim
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ClaimKind, Risk

_TEXT = "One proposition in one sentence. “S said P” and “P” are two claims."
_RISK = "How much harm it does if it is wrong. Decides how much evidence is needed."
_ADVERSE = "Whoever the claim accuses is owed a reply before it runs."


class ClaimCreateForm(DeskActionForm):
    """A new claim."""

    action = Action.CLAIM_FILE

    text = TextAreaField("The claim", rows=3, help_text=_TEXT)
    kind = ChoiceField("Kind", ClaimKind, initial=ClaimKind.CONTENT.value)
    risk = ChoiceField("Risk", Risk, initial=Risk.SERIOUS.value, help_text=_RISK)
    adverse_to = MultipleAutocompleteField("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    field_order = ("text", "kind", "risk", "adverse_to", "desk_id")


class ClaimUpdateForm(VersionedActionForm):
    """A claim anew."""

    text = TextAreaField("The claim", rows=3, help_text=f"{_TEXT} What people signed was the old wording, and falls.")
    kind = ChoiceField("Kind", ClaimKind)
    risk = ChoiceField("Risk", Risk, help_text=_RISK)
    adverse_to = MultipleAutocompleteField("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        """The claim as it reads."""
        return super().initial_for_row(row) | {
            "text": row.text,
            "kind": row.kind,
            "risk": row.risk,
            "adverse_to": list(row.adverse_to.values_list("pk", flat=True)),
        }


class ClaimSplitForm(ActionForm):
    """The propositions a claim is made of."""

    texts = TextAreaField(
        "The propositions", rows=6, help_text="One a line, at least two. Statements recorded so far go to the first."
    )

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        """The claim's own words, to be cut."""
        return {"texts": row.text}

    def action_kwargs(self) -> dict[str, Any]:
        """A list of texts."""
        return {"texts": self.cleaned_data["texts"].splitlines()}


class ClaimMergeForm(ActionForm):
    """The claim that stays."""

    into_id = AutocompleteField(
        "It is the same proposition as",
        (Claim, "merged_into"),
        help_text="Evidence and uses go there; this one closes.",
    )


class ClaimDropForm(ActionForm):
    """Why it is not worth pursuing."""

    reason = ReasonField()
