"""Forms of the actions on claims."""

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
_RISK = "The harm if it is wrong. Determines how much evidence is needed."
_ADVERSE = "Accused parties have a right of reply before publication."


class ClaimCreateForm(DeskActionForm):
    action = Action.CLAIM_FILE

    text = TextAreaField("The claim", rows=3, help_text=_TEXT)
    kind = ChoiceField("Kind", ClaimKind, initial=ClaimKind.CONTENT.value)
    risk = ChoiceField("Risk", Risk, initial=Risk.SERIOUS.value, help_text=_RISK)
    adverse_to = MultipleAutocompleteField("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    field_order = ("text", "kind", "risk", "adverse_to", "desk_id")


class ClaimUpdateForm(VersionedActionForm):
    text = TextAreaField("The claim", rows=3, help_text=f"{_TEXT} A new wording voids existing sign-offs.")
    kind = ChoiceField("Kind", ClaimKind)
    risk = ChoiceField("Risk", Risk, help_text=_RISK)
    adverse_to = MultipleAutocompleteField("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        return super().initial_for_row(row) | {
            "text": row.text,
            "kind": row.kind,
            "risk": row.risk,
            "adverse_to": list(row.adverse_to.values_list("pk", flat=True)),
        }


class ClaimSplitForm(ActionForm):
    """The parts of a compound claim."""

    texts = TextAreaField(
        "The propositions", rows=6, help_text="One per line, at least two. Existing statements move to the first."
    )

    @classmethod
    def initial_for_row(cls, row: Claim) -> dict[str, Any]:
        """The claim's text, to be edited."""
        return {"texts": row.text}

    def action_kwargs(self) -> dict[str, Any]:
        return {"texts": self.cleaned_data["texts"].splitlines()}


class ClaimMergeForm(ActionForm):
    """The claim to merge into."""

    into_id = AutocompleteField(
        "Same proposition as",
        (Claim, "merged_into"),
        help_text="Evidence and uses move there; this claim is closed.",
    )


class ClaimDropForm(ActionForm):
    """The reason for dropping it."""

    reason = ReasonField()
