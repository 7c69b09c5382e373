"""Forms of the actions on reply requests."""

from __future__ import annotations

from typing import Any

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.fields import (
    AutocompleteField,
    ChoiceField,
    DateTimeField,
    MultipleAutocompleteField,
    ReasonField,
    SecretField,
    TextAreaField,
    TextField,
)
from editorial.models import ReplyRequest
from editorial.policy.vocabulary import ReplyOutcome

_COVERS_HELP = "Only these claims count as put to them."


class _ReplyRequestForm(ActionForm):
    """The addressee and the claims."""

    to_id = AutocompleteField("To", (ReplyRequest, "to"), help_text="The party itself, or its spokesperson.")
    covers = MultipleAutocompleteField("Claims put to them", (ReplyRequest, "covers"), help_text=_COVERS_HELP)

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The claim from which the action starts, if any."""
        return {"covers": [row.pk]} if row is not None else {}

    def prepare(self) -> None:
        """Preselect the accused party if there is only one."""
        if self.row is not None and not self.initial.get("to_id"):
            parties = list(self.row.adverse_to.values_list("pk", flat=True)[:2])
            if len(parties) == 1:
                self.initial["to_id"] = parties[0]


class ReplyRequestCreateForm(_ReplyRequestForm):
    """The question and the deadline."""

    question = TextAreaField("Question", rows=4)
    deadline_at = DateTimeField("Deadline")
    channel = TextField("How it was sent", max_length=80, required=False, help_text="Telephone, email, letter …")
    sent_at = DateTimeField("Sent at", required=False, help_text="Leave empty for now.")
    reason = ReasonField("Why the time is short", required=False, help_text="Required if shorter than the full window.")

    advanced_fields = ("channel", "sent_at", "reason")

    def prepare(self) -> None:
        """Show the time zone of the date fields."""
        super().prepare()
        for name in ("deadline_at", "sent_at"):
            fields.show_time_zone(self.fields[name])


class ReplyWaiveForm(_ReplyRequestForm):
    """The reason for a waiver."""

    reason = ReasonField("Why they are not asked", help_text="Waivers are reviewed afterwards.")


class ReplyResponseForm(ActionForm):
    """The outcome, and the respondent."""

    outcome = ChoiceField(
        "Outcome",
        (ReplyOutcome.REPLIED, ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE),
    )
    respondent_id = AutocompleteField(
        "Who answered", (ReplyRequest, "to"), required=False, help_text="A recorded source …"
    )
    respondent_name = SecretField(
        "… or by name",
        required=False,
        help_text="Only a token is stored. It detects an unnamed source of ours who “declined to comment”.",
    )
    respondent_known_by = SecretField(
        "Known by", required=False, help_text="Distinguishes this person from a namesake."
    )
