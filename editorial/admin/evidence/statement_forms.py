"""Forms of actions on statements."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.text import Truncator

from editorial.admin.framework import fields, labels
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.models import ReplyRequest, Statement
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
from editorial.workflow.evidence import disclosure

_STANCE = "Only “affirms” and “denies” weigh. “Unaware”, “cannot confirm” and “declines” are not denials."
_ENDED = (
    "Withdrawn: the source takes it back. Retracted: the publisher takes it back. Corrected: a detail was wrong and "
    "has been corrected. Superseded: it was true when made, but the facts have changed, such as a rising death toll."
)
_DIRECT = "First hand, second hand, or relayed from a publication."


class _StatementFields(ActionForm):
    """The fields shared by new and existing statements."""

    stance = fields.ChoiceField("What it does to the claim", Stance, help_text=_STANCE)
    directness = fields.ChoiceField("How the source knows", Directness, help_text=_DIRECT)
    informant = fields.AutocompleteField(
        "Heard from", (Statement, "informant"), required=False, help_text="Only for second hand."
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


class StatementCreateForm(_StatementFields):
    source_id = fields.AutocompleteField("Source", (Statement, "source"), help_text="Not listed? Register it first.")

    field_order = ("source_id",)

    def prepare(self) -> None:
        """Offer the sent requests for comment that the statement may answer."""
        super().prepare()
        requests = self.row.reply_requests.select_related("to").order_by("-sent_at")
        if requests:
            self.fields["reply_request"] = fields.ModelSelectField(
                "Answers request", required=False, empty_label="None"
            )
            self.set_choices("reply_request", requests, label_for=_request_label)


class StatementUpdateForm(VersionedActionForm, _StatementFields):
    field_order = ("stance", "directness", "informant")

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        return super().initial_for_row(row) | model_to_dict(row, _StatementFields.base_fields)


class RelayCreateForm(ActionForm):
    origin_id = fields.ModelSelectField("It repeats", help_text="Another statement on this claim with the same stance.")

    def prepare(self) -> None:
        """Offer only statements that it can repeat."""
        row: Statement = self.row
        others = Statement.objects.filter(claim=row.claim_id, stance=row.stance, struck_at=None).exclude(pk=row.pk)
        self.set_choices("origin_id", others.select_related("source"), label_for=_statement_label)


def _request_label(request: ReplyRequest) -> str:
    return f"To {labels.source_label(request.to)}, {timezone.localtime(request.sent_at):%d %b %H:%M}"


def _statement_label(statement: Statement) -> str:
    quote = f": “{Truncator(statement.quote).chars(60)}”" if statement.quote else ""
    return f"{labels.source_label(statement.source)} – {statement.get_directness_display()}{quote}"


def _statement_on_claim_label(statement: Statement) -> str:
    return f"{_statement_label(statement)} – on: {Truncator(statement.claim.text).chars(60)}"


class StatementReassignForm(ActionForm):
    """The source who made the statement."""

    source_id = fields.AutocompleteField(
        "Correct source", (Statement, "source"), help_text="Not listed? Register it first."
    )
    reason = fields.ReasonField(help_text="How the mistake was found. No confidential name.")


class StatementMoveForm(ActionForm):
    claim_id = fields.AutocompleteField(
        "Move to", (Statement, "claim"), help_text="Statements that repeat it move too."
    )


class StatementEndForm(ActionForm):
    """How a statement ended, and which statement replaced it."""

    ended = fields.ChoiceField("How it ended", Ending, help_text=_ENDED)
    ended_by = fields.ModelSelectField(
        "Replaced by",
        required=False,
        empty_label="Not recorded",
        help_text="Only if corrected or superseded: the newer statement, on this claim or from this source.",
    )
    reason = fields.ReasonField(
        "What happened",
        help_text="When and how: the call, or where the correction was published. No confidential name.",
    )

    def prepare(self) -> None:
        """Offer the statements that can have replaced it: from the same source, or by named sources on the claim."""
        row: Statement = self.row
        reader = self.actor.facts()
        related = Q(source=row.source_id)
        if not row.source.unnamed:
            related |= Q(claim=row.claim_id, source__unnamed=False)
        rows = Statement.objects.visible_to(reader).filter(related, struck_at=None).exclude(pk=row.pk)
        if not disclosure.can_see(row.source, reader):  # otherwise the choices reveal what a protected source said
            rows = rows.none()
        rows = rows.select_related("source", "claim").order_by("-recorded_at")
        self.set_choices("ended_by", rows, label_for=_statement_on_claim_label)

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        return {"ended": row.ended, "ended_by": row.ended_by_id} if row.ended else {}
