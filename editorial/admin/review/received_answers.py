"""Answers that arrived by email: what they say, as stated, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns, history, labels, request_user
from editorial.admin.framework.action_buttons import ActionButton, bind_buttons
from editorial.admin.framework.action_forms import reason_form
from editorial.admin.framework.filters import ReceivedAnswerFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import received_message
from editorial.admin.review.replies import RECORD_RESPONSE, claims_access_facts
from editorial.models import ReceivedAnswer
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ReceivedAnswerState
from editorial.workflow.review import received_answers

DISMISS = ActionButton(
    action=Action.RECEIVED_ANSWER_DISMISS,
    handler=received_answers.dismiss,
    pk_kwarg="received_answer_id",
    form=reason_form(help_text="Why it is no response, or where its content is on record. No confidential name."),
    label="Dismiss",
    icon="unsubscribe",
    success_message="Dismissed. It stays on file.",
    subject=lambda row: claims_access_facts(row.request),
    available=lambda row: Decision(row.state == ReceivedAnswerState.WAITING),
)


@admin.register(ReceivedAnswer)
class ReceivedAnswerAdmin(ReadOnlyAdmin):
    """Email to the addresses of requests for comment, newest first."""

    buttons = (DISMISS,)
    list_display = (
        columns.time_since("received_at", "Received"),
        "to",
        columns.choice("state", "State"),
        columns.flag("automatic", "Sent by", "a program"),
        "attachment_count",
        columns.user_name("decided_by", "Decided by"),
    )
    list_filter = (ReceivedAnswerFilter,)
    select_related = ("request__to", "decided_by")
    detail_template = "editorial/review/received_answer.html"

    @admin.display(description="Request to")
    def to(self, row: ReceivedAnswer) -> str:
        return labels.source_label(row.request.to)

    def title(self, row: ReceivedAnswer) -> str:
        return f"Email in answer to the request to {labels.source_label(row.request.to)}"

    def get_page_context(self, request: HttpRequest, row: ReceivedAnswer) -> dict[str, Any]:
        """What it says, if the user may answer the request, and the button that records it."""
        is_waiting = row.state == ReceivedAnswerState.WAITING
        actor, query = request_user.actor_facts(request), {"received_answer_id": str(row.pk)}
        record = bind_buttons((RECORD_RESPONSE,), row.request, actor, query=query) if is_waiting else []
        return {
            **received_message.context(row, request_user.current_user(request)),
            "buttons": [*record, *self.bound_buttons(request, row)],
            "has_outcome": is_waiting and not record,
            "events": history.entries_for(row, actor),
        }
