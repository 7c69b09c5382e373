"""Right of reply: what was put to whom, by when, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns, history
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.filters import Running
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.review import reply_forms as forms
from editorial.models import ReplyRequest
from editorial.policy.access import Decision, SubjectFacts, Verb
from editorial.policy.vocabulary import Outcome
from editorial.workflow.review import replies

_OPEN = (Outcome.PENDING, Outcome.NO_RESPONSE, Outcome.UNREACHABLE)


def of_its_claims(row: Any) -> SubjectFacts:
    """A request is at every desk that one of its claims is at."""
    return SubjectFacts(
        desks=frozenset().union(*(claim.access_facts().desks for claim in row.covers.all())),
    )


ANSWER = VerbButton(
    verb=Verb.REPLY_ANSWER,
    call=replies.answer,
    row_as="request_id",
    form=forms.Answer,
    label="Note how it ended",
    icon="mark_email_read",
    tone="primary",
    done="Noted. What they said about the claim is recorded as a statement of its own.",
    subject=of_its_claims,
    stands=lambda row: Decision(row.outcome in _OPEN),
)
SEND = VerbButton(
    verb=Verb.REPLY_SEND,
    call=replies.send,
    form=forms.Send,
    label="Note a request for a reply",
    icon="outgoing_mail",
    done="Noted. The newsroom watches the deadline.",
    lands=lambda row, request: row or request,
)
WAIVE = VerbButton(
    verb=Verb.REPLY_WAIVE,
    call=replies.waive,
    form=forms.Waive,
    label="Waive a reply",
    icon="speaker_notes_off",
    done="Waived, with your reason.",
    lands=lambda row, request: row or request,
)


@admin.register(ReplyRequest)
class ReplyRequestAdmin(Page):
    """Requests for a reply, the most pressing first."""

    buttons = (ANSWER,)
    list_buttons = (SEND, WAIVE)
    list_display = (
        columns.start("to", "To", 60),
        columns.word("outcome", "Outcome"),
        columns.until("deadline_at", "Answer due"),
        columns.start("question", "What was put to them", 80),
        columns.person("sent_by", "Sent by"),
        columns.since("sent_at", "Sent"),
    )
    list_filter = (Running, "outcome")
    list_select_related = ("to", "sent_by")
    search_fields = ("question", "to__name")
    page_template = "editorial/review/reply_request.html"

    def title(self, row: ReplyRequest) -> str:
        """To whom."""
        return f"Request to {row.to}"

    def fill(self, request: HttpRequest, row: ReplyRequest) -> dict[str, Any]:
        """What was asked, about what, and what came of it."""
        return {
            "covers": row.covers.all(),
            "statements": row.statements.select_related("source"),
            "events": history.of(row),
        }
