"""What the verbs of the right of reply ask for."""

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

_COVERS_HELP = "What is not listed here was not asked, and no silence about it counts."


class _ReplyRequestForm(ActionForm):
    """To whom, about what."""

    to_id = AutocompleteField("To", (ReplyRequest, "to"), help_text="The party itself, or whoever speaks for it.")
    covers = MultipleAutocompleteField("Claims put to them", (ReplyRequest, "covers"), help_text=_COVERS_HELP)

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The claim it begins from, if any."""
        return {"covers": [row.pk]} if row is not None else {}

    def prepare(self) -> None:
        """Where the claim accuses but one party, it is that."""
        if self.row is not None and not self.initial.get("to_id"):
            parties = list(self.row.adverse_to.values_list("pk", flat=True)[:2])
            if len(parties) == 1:
                self.initial["to_id"] = parties[0]


class ReplyRequestCreateForm(_ReplyRequestForm):
    """What was put to them, and by when they are asked to answer."""

    question = TextAreaField("What was put to them", rows=4)
    deadline_at = DateTimeField("Answer asked for by")
    channel = TextField("How it was sent", max_length=80, required=False, help_text="Telephone, e-mail, letter …")
    sent_at = DateTimeField("Sent at", required=False, help_text="Empty: now.")
    reason = ReasonField(
        "Why the time is short", required=False, help_text="Needed where it is less than the full window."
    )

    advanced_fields = ("channel", "sent_at", "reason")

    def prepare(self) -> None:
        """Say on which clock the times are."""
        super().prepare()
        for name in ("deadline_at", "sent_at"):
            fields.show_time_zone(self.fields[name])


class ReplyWaiveForm(_ReplyRequestForm):
    """Why nobody is asked."""

    reason = ReasonField("Why they are not asked", help_text="A waived reply is read afterwards.")


class ReplyResponseForm(ActionForm):
    """How the request ended, and who answered."""

    outcome = ChoiceField(
        "How it ended",
        (ReplyOutcome.REPLIED, ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE),
    )
    respondent_id = AutocompleteField(
        "Who answered", (ReplyRequest, "to"), required=False, help_text="A recorded source …"
    )
    respondent_name = SecretField(
        "… or by name",
        required=False,
        help_text="Not kept: only a token is, by which it shows if an unnamed source of ours “declined to comment”.",
    )
    respondent_known_by = SecretField("Known by", required=False, help_text="What tells them from a namesake.")
