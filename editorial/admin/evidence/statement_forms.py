"""Forms of actions on statements."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.text import Truncator

from editorial.admin.framework import fields, labels
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.admin.framework.statement_fields import StatementFields
from editorial.models import ReplyRequest, Statement
from editorial.policy.vocabulary import Ending
from editorial.workflow.evidence.confidentiality import disclosure

_ENDED = (
    "Withdrawn: the source takes it back. Retracted: the publisher takes it back. Corrected: a detail was wrong and "
    "has been corrected. Superseded: it was true when made, but the facts have changed, such as a rising death toll."
)


class StatementCreateForm(StatementFields):
    source_id = fields.AutocompleteField("Source", (Statement, "source"), help_text="Not listed? Register it here.")

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


class StatementUpdateForm(VersionedActionForm, StatementFields):
    field_order = ("stance", "directness", "informant")

    @classmethod
    def initial_for_row(cls, row: Statement) -> dict[str, Any]:
        return super().initial_for_row(row) | model_to_dict(row, StatementFields.base_fields)


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
        "Correct source", (Statement, "source"), help_text="Not listed? Register it here."
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
