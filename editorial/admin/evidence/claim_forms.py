"""What the verbs on claims ask for."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework.action_forms import RevisingForm, VerbForm
from editorial.admin.framework.desk_forms import AtADesk
from editorial.admin.framework.fields import Pick, PickSeveral, Prose, Reason, Word
from editorial.models import Claim
from editorial.policy.access import Verb
from editorial.policy.vocabulary import ClaimKind, Risk

_TEXT = "One proposition in one sentence. “S said P” and “P” are two claims."
_RISK = "How much harm it does if it is wrong. Decides how much evidence is needed."
_ADVERSE = "Whoever the claim accuses is owed a reply before it runs."


class File(AtADesk):
    """A new claim."""

    verb = Verb.CLAIM_FILE

    text = Prose("The claim", rows=3, help_text=_TEXT)
    kind = Word("Kind", ClaimKind, initial=ClaimKind.CONTENT.value)
    risk = Word("Risk", Risk, initial=Risk.SERIOUS.value, help_text=_RISK)
    adverse_to = PickSeveral("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    field_order = ("text", "kind", "risk", "adverse_to", "desk_id")


class Revise(RevisingForm):
    """A claim anew."""

    text = Prose("The claim", rows=3, help_text=f"{_TEXT} What people signed was the old wording, and falls.")
    kind = Word("Kind", ClaimKind)
    risk = Word("Risk", Risk, help_text=_RISK)
    adverse_to = PickSeveral("Adverse to", (Claim, "adverse_to"), required=False, help_text=_ADVERSE)

    @classmethod
    def starts_with(cls, row: Claim) -> dict[str, Any]:
        """The claim as it reads."""
        return super().starts_with(row) | {
            "text": row.text,
            "kind": row.kind,
            "risk": row.risk,
            "adverse_to": list(row.adverse_to.values_list("pk", flat=True)),
        }


class Split(VerbForm):
    """The propositions a claim is made of."""

    texts = Prose(
        "The propositions", rows=6, help_text="One a line, at least two. Statements recorded so far go to the first."
    )

    @classmethod
    def starts_with(cls, row: Claim) -> dict[str, Any]:
        """The claim's own words, to be cut."""
        return {"texts": row.text}

    def given(self) -> dict[str, Any]:
        """A list of texts."""
        return {"texts": self.cleaned_data["texts"].splitlines()}


class Merge(VerbForm):
    """The claim that stays."""

    into_id = Pick(
        "It is the same proposition as",
        (Claim, "merged_into"),
        help_text="Evidence and uses go there; this one closes.",
    )


class Drop(VerbForm):
    """Why it is not worth pursuing."""

    reason = Reason()
