"""Right of reply: requests for comment, their deadlines and outcomes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns, history
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.filters import ReplyStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import reply_forms as forms
from editorial.models import ReplyRequest
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.review import replies

_OPEN = (ReplyOutcome.PENDING, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE)


def claims_access_facts(row: Any) -> SubjectFacts:
    """A request belongs to the desks of all its claims."""
    return SubjectFacts(
        desks=frozenset().union(*(claim.access_facts().desks for claim in row.covers.all())),
    )


RECORD_RESPONSE = ActionButton(
    action=Action.REPLY_ANSWER,
    handler=replies.answer,
    pk_kwarg="request_id",
    form=forms.ReplyResponseForm,
    label="Record the response",
    icon="mark_email_read",
    tone="primary",
    success_message="Recorded. Record what they said about the claim as a statement.",
    subject=claims_access_facts,
    available=lambda row: Decision(row.outcome in _OPEN),
)
LOG_REQUEST = ActionButton(
    action=Action.REPLY_SEND,
    handler=replies.send,
    form=forms.ReplyRequestCreateForm,
    label="Log a request for comment",
    icon="outgoing_mail",
    success_message="Logged. The newsroom tracks the deadline.",
    redirect_to=lambda row, request: row or request,
)
WAIVE_REPLY = ActionButton(
    action=Action.REPLY_WAIVE,
    handler=replies.waive,
    form=forms.ReplyWaiveForm,
    label="Waive right of reply",
    icon="speaker_notes_off",
    success_message="Waived. Your reason is in the audit log.",
    redirect_to=lambda row, request: row or request,
)


@admin.register(ReplyRequest)
class ReplyRequestAdmin(ReadOnlyAdmin):
    """Requests for comment, the most urgent first."""

    buttons = (RECORD_RESPONSE,)
    list_buttons = (LOG_REQUEST, WAIVE_REPLY)
    list_display = (
        columns.truncated("to", "To", 60),
        columns.choice("outcome", "Outcome"),
        columns.time_left("deadline_at", "Response due"),
        columns.truncated("question", "Question", 80),
        columns.user_name("sent_by", "Sent by"),
        columns.time_since("sent_at", "Sent"),
    )
    list_filter = (ReplyStateFilter, "outcome")
    list_select_related = ("to", "sent_by")
    search_fields = ("question", "to__name")
    detail_template = "editorial/review/reply_request.html"

    def title(self, row: ReplyRequest) -> str:
        """The addressee."""
        return f"Request to {row.to}"

    def get_page_context(self, request: HttpRequest, row: ReplyRequest) -> dict[str, Any]:
        """The question, the claims, and the outcome."""
        return {
            "covers": row.covers.all(),
            "statements": row.statements.select_related("source"),
            "events": history.entries_for(row),
        }
