"""Forms of the actions on statements."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.desk_forms import DeskActionForm
from editorial.admin.framework.fields import (
    AutocompleteField,
    ChoiceField,
    DateTimeField,
    ModelSelectField,
    NumberField,
    ReasonField,
    TextAreaField,
    TextField,
)
from editorial.models import ReplyRequest, Statement
from editorial.policy.actions import Action
from editorial.policy.vocabulary import BenefitsIf, Directness, ObtainedBy, Stance, Terms

_STANCE = "Only “affirms” and “denies” weigh. “Unaware”, “cannot confirm” and “declines” are not denials."
_DIRECT = "First hand, second hand, or relayed from a publication."


class _StatementFields(ActionForm):
    """The fields shared by new and existing statements."""

    stance = ChoiceField("What it does to the claim", Stance, help_text=_STANCE)
    directness = ChoiceField("How the source knows", Directness, help_text=_DIRECT)
    informant = AutocompleteField(
        "Heard from", (Statement, "informant"), required=False, help_text="Only for second hand."
    )
    quote = TextAreaField("Verbatim", rows=3, required=False, help_text="The exact words. Not weighed.")
    terms = ChoiceField(
        "Attribution terms", Terms, empty_label="Default: on the record, or on background for an unnamed source"
    )
    obtained_by = ChoiceField(
        "Collected by",
        ObtainedBy,
        initial=ObtainedBy.US.value,
        help_text="Statements collected by others do not count as our own.",
    )
    briefing = AutocompleteField(
        "At a briefing",
        (Statement, "briefing"),
        required=False,
        help_text="All who spoke at one briefing count as one voice.",
    )
    benefits_if = ChoiceField(
        "Benefits if (this statement)",
        BenefitsIf,
        empty_label="As for the source",
        help_text="Overrides the source's value.",
    )
    said_at = DateTimeField("Said at", required=False)
    embargo_until = DateTimeField("Embargo until", required=False, help_text="Not to be used before then.")
    exhibit = AutocompleteField("Archived copy", (Statement, "exhibit"), required=False)
    credibility = NumberField(
        "Credibility",
        min_value=1,
        max_value=6,
        required=False,
        help_text="Admiralty: 1 confirmed … 6 cannot be judged. Not weighed.",
    )

    omit_when_empty = ("terms",)
    advanced_fields = ("briefing", "benefits_if", "said_at", "embargo_until", "exhibit", "credibility")

    def prepare(self) -> None:
        """Show the time zone of the date fields."""
        for name in ("said_at", "embargo_until"):
            fields.show_time_zone(self.fields[name])


class StatementCreateForm(_StatementFields):
    source_id = AutocompleteField("Source", (Statement, "source"), help_text="Not listed? Register it first.")

    field_order = ("source_id",)

    def prepare(self) -> None:
        """Offer the sent requests for comment that the statement may answer."""
        super().prepare()
        requests = self.row.reply_requests.select_related("to").order_by("-sent_at")
        if requests:
            self.fields["reply_request"] = ModelSelectField("Answers request", required=False, empty_label="None")
            self.set_choices("reply_request", requests, label_for=_request_label)


class StatementUpdateForm(VersionedActionForm, _StatementFields):
    field_order = ("stance", "directness", "informant")

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        plain = (
            "stance",
            "directness",
            "quote",
            "terms",
            "obtained_by",
            "benefits_if",
            "said_at",
            "embargo_until",
            "credibility",
        )
        ties = ("informant", "briefing", "exhibit")
        return (
            super().initial_for_row(row)
            | {name: getattr(row, name) for name in plain}
            | {name: getattr(row, f"{name}_id") for name in ties}
        )


class StatementWithdrawForm(ActionForm):
    """The circumstances of the withdrawal."""

    reason = ReasonField(help_text="When and how it was withdrawn, or where the retraction was published.")


class RelayCreateForm(ActionForm):
    """The statement that it repeats."""

    origin_id = ModelSelectField("It repeats", help_text="Another statement on this claim with the same stance.")

    def prepare(self) -> None:
        """Offer only statements that it can repeat."""
        row: Statement = self.row
        others = Statement.objects.filter(claim=row.claim_id, stance=row.stance).exclude(pk=row.pk)
        self.set_choices("origin_id", others.select_related("source"), label_for=_statement_label)


def _request_label(request: ReplyRequest) -> str:
    return f"To {request.to}, {timezone.localtime(request.sent_at):%d %b %H:%M}"


def _statement_label(one: Statement) -> str:
    return f"{one.source} – {one.get_directness_display()}{_quote_excerpt(one.quote)}"


def _quote_excerpt(quote: str) -> str:
    return f": “{quote[:60]}{'…' if len(quote) > 60 else ''}”" if quote else ""


class StatementMoveForm(ActionForm):
    """The claim to move the statement to."""

    claim_id = AutocompleteField("Move to", (Statement, "claim"), help_text="Statements that repeat it move too.")


class RelayRemoveForm(ActionForm):
    """Why the link is wrong."""

    reason = ReasonField()


class BriefingCreateForm(DeskActionForm):
    """A briefing, call or release."""

    action = Action.BRIEFING_RECORD

    name = TextField("Name", help_text="Such as: White House press call, Friday noon.")
    held_at = DateTimeField("Held at", required=False)

    field_order = ("name", "held_at", "desk_id")
