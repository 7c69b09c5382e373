"""The form for a response: its outcome, and what they said about each claim, as in the form for a statement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from editorial.admin.framework import fields
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.statement_fields import StatementFields
from editorial.admin.review import received_message
from editorial.models import Claim, ReplyRequest
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.review import reply_answers


class ReplyAnswerForm(StatementFields):
    """What they said about one claim. Ignored if nothing was entered."""

    def __init__(self, *args: Any, claim: Claim, words_put: str | None, **options: Any) -> None:
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **options)
        self.claim, self.words_put = claim, words_put

    def has_changed(self) -> bool:
        """Whether anything was entered. The preselected collector alone is not an entry."""
        return bool(set(self.changed_data) - {"obtained_by"})

    def action_kwargs(self) -> dict[str, Any]:
        return super().action_kwargs() | {"claim_id": str(self.claim.pk)}


class ReplyResponseForm(ActionForm):
    """The outcome of a request, the respondent, and one row per claim for the answers."""

    outcome = fields.ChoiceField(
        "Outcome",
        (ReplyOutcome.REPLIED, ReplyOutcome.DECLINED, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE),
        help_text="If they replied, enter below what they said about each claim.",
    )
    no_statement_reason = fields.ReasonField(
        "Why a claim has no statement",
        required=False,
        help_text="Only if they replied and you leave a claim below empty. No confidential name.",
    )
    respondent_id = fields.AutocompleteField(
        "Respondent", (ReplyRequest, "to"), required=False, help_text="A recorded source …"
    )
    respondent_name = fields.SecretField(
        "… or by name",
        required=False,
        help_text="Only a token is stored. It shows whether one of our unnamed sources “declined to comment”.",
    )
    respondent_known_by = fields.SecretField(
        "Known by", required=False, help_text="Distinguishes this person from a namesake."
    )
    received_answer_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    omit_when_empty = ("received_answer_id",)

    def prepare(self) -> None:
        """One row per claim on which an answer can be recorded."""
        self.answers = [
            ReplyAnswerForm(
                self.data if self.is_bound else None,
                actor=self.actor,
                prefix=f"answers-{claim.pk}",
                claim=claim,
                words_put=words_put,
            )
            for claim, words_put in reply_answers.answerable(self.row, self.actor.facts())
        ]

    def apply_query(self, query: QueryDict) -> None:
        """Take the words of the email from which it is recorded, if there is one claim that they can be about."""
        super().apply_query(query)
        if key := self.initial.get(received_message.FIELD):
            for answer in self.answers if len(self.answers) == 1 else ():
                answer.initial["quote"] = received_message.quote(key, self.row, self.actor)

    @property
    def media(self) -> forms.Media:
        """The scripts and styles of the autocomplete fields."""
        return sum((answer.media for answer in self.answers), super().media)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(answer.is_valid() for answer in self.answers)])

    def action_kwargs(self) -> dict[str, Any]:
        return super().action_kwargs() | {"answers": [answer.action_kwargs() for answer in self._entered()]}

    def locate(self, path: str) -> tuple[ActionForm, str] | None:
        collection, _, place = path.partition("/")
        if collection != "answers" or "/" not in place:
            return super().locate(path)
        number, _, name = place.partition("/")
        return self._entered()[int(number)].locate(name)

    def _entered(self) -> list[ReplyAnswerForm]:
        return [answer for answer in self.answers if answer.has_changed()]
