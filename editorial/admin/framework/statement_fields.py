"""The form fields of a statement, shared by all forms that record one."""

from __future__ import annotations

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import ActionForm
from editorial.models import Statement
from editorial.policy.vocabulary import BenefitsIf, Directness, Inducement, ObtainedBy, Stance, Terms, Translation

_STANCE = (
    "Only “affirms” and “denies” weigh. “Unaware”, “cannot confirm” and “declines” are not denials. "
    "If it qualifies the claim, split the claim."
)
_DIRECT = "First-hand, second-hand, or relayed from a publication."


class StatementFields(ActionForm):
    """The fields of every statement."""

    stance = fields.ChoiceField("What it does to the claim", Stance, help_text=_STANCE)
    directness = fields.ChoiceField("How the source knows", Directness, help_text=_DIRECT)
    informant = fields.AutocompleteField(
        "Heard from", (Statement, "informant"), required=False, help_text="Only for second-hand statements."
    )
    quote = fields.TextAreaField("Verbatim", rows=3, required=False, help_text="The exact words. Not weighed.")
    terms = fields.ChoiceField(
        "Attribution terms", Terms, empty_label="Default: on the record, or on background for an unnamed source"
    )
    obtained_by = fields.ChoiceField(
        "Collected by",
        ObtainedBy,
        initial=ObtainedBy.US.value,
        help_text="Statements collected by others do not count as our own.",
    )
    briefing = fields.AutocompleteField(
        "At a briefing",
        (Statement, "briefing"),
        required=False,
        help_text="All who spoke at one briefing count as one voice.",
    )
    benefits_if = fields.ChoiceField(
        "Benefits if (this statement)",
        BenefitsIf,
        empty_label="As for the source",
        help_text="Overrides the source's value.",
    )
    inducement = fields.ChoiceField(
        "Paid or coerced",
        Inducement,
        empty_label="Neither, as far as we know",
        help_text="Paid: for an interview, picture or story. The source counts as interested, and the copy must "
        "disclose the payment. Coerced: made in custody or under threat. It does not count.",
    )
    collector_conflict = fields.CheckboxField(
        "Collector has a conflict of interest",
        help_text="A relative, a party or an investor. It does not count until a colleague without a conflict takes "
        "the statement again.",
    )
    translation = fields.ChoiceField(
        "Translated by",
        Translation,
        empty_label="Not translated",
        help_text="A machine translation does not count until someone who knows the language has checked it. Then "
        "choose Human.",
    )
    said_at = fields.DateTimeField("Said at", required=False)
    embargo_until = fields.DateTimeField("Embargo until", required=False, help_text="Not to be used before then.")
    exhibit = fields.AutocompleteField("Archived copy", (Statement, "exhibit"), required=False)
    credibility = fields.NumberField(
        "Credibility",
        min_value=1,
        max_value=6,
        required=False,
        help_text="Admiralty: 1 confirmed … 6 cannot be judged. Not weighed.",
    )

    omit_when_empty = ("terms",)
    advanced_fields = (
        "briefing", "benefits_if", "inducement", "collector_conflict", "translation", "said_at",
        "embargo_until", "exhibit", "credibility",
    )  # fmt: skip

    def prepare(self) -> None:
        """Show the time zone of the date fields."""
        for name in ("said_at", "embargo_until"):
            fields.show_time_zone(self.fields[name])
