"""Right of reply: requests for comment, their deadlines and outcomes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from editorial.admin.framework import columns, fields, history, labels, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.filters import ReplyStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review import received_message
from editorial.admin.review.reply_answer_forms import ReplyResponseForm
from editorial.models import Claim, ReplyRequest
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ReplyOutcome
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.review import replies, reply_addresses, reply_windows

_QUESTION = "We intend to report the following, which concerns you: “{}” Is this correct? What do you say to it?"


class _ReplyRequestForm(ActionForm):
    """The addressee and the claims."""

    to_id = fields.AutocompleteField("To", (ReplyRequest, "to"), help_text="The party itself, or its spokesperson.")
    covers = fields.MultipleAutocompleteField(
        "Claims put to them", (ReplyRequest, "covers"), help_text="Only these claims count as put to them."
    )

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
    question = fields.TextAreaField("Question", rows=4, help_text="What they were asked, word for word.")
    specific = fields.CheckboxField(
        "States the allegation",
        initial=True,
        help_text="Untick if the request named only the topic, such as “a story about the harbour”. It then counts "
        "only if they reply.",
    )
    deadline_at = fields.DateTimeField("Deadline", required=False)
    channel = fields.TextField("How it was sent", max_length=80, required=False, help_text="Telephone, email, letter …")
    sent_at = fields.DateTimeField("Sent at", required=False, help_text="Empty: now.")
    reason = fields.ReasonField(
        "Why the deadline is short",
        required=False,
        help_text="Required for a deadline before the end of the policy's window. Shown on the page and in the log.",
    )

    advanced_fields = ("channel", "sent_at")

    def prepare(self) -> None:
        """Show the time zone of the date fields, and the time that the policy grants."""
        super().prepare()
        window = reply_windows.window_of([self.row], timezone.now()) if self.row is not None else None
        granted = f" of {reply_windows.hours(window):g} hours" if window else ""
        self.fields["deadline_at"].help_text = f"If empty: the policy's full window{granted} from when it was sent."
        for name in ("deadline_at", "sent_at"):
            fields.show_time_zone(self.fields[name])

    def apply_query(self, query: QueryDict) -> None:
        """Take the party from “Ask them now”, with a question that states the claim."""
        super().apply_query(query)
        if self.row is not None and "to_id" in self.initial and "to_id" in query:
            self.initial.setdefault("question", _QUESTION.format(self.row.text))


class ReplyWaiveForm(_ReplyRequestForm):
    reason = fields.ReasonField("Why they are not asked", help_text="Waivers are reviewed afterwards.")


_MAX_RECEIVED = 50
_OPEN = (ReplyOutcome.PENDING, ReplyOutcome.NO_RESPONSE, ReplyOutcome.UNREACHABLE)


def claims_access_facts(row: Any) -> SubjectFacts:
    """A request belongs to the desks of all its claims."""
    return SubjectFacts(desks=frozenset().union(*(claim.access_facts().desks for claim in row.covers.all())))


RECORD_RESPONSE = ActionButton(
    action=Action.REPLY_ANSWER,
    handler=replies.answer,
    pk_kwarg="request_id",
    form=ReplyResponseForm,
    label="Record the response",
    icon="mark_email_read",
    tone="primary",
    success_message="Recorded. The claims are being reassessed.",
    subject=claims_access_facts,
    available=lambda row: Decision(row.outcome in _OPEN),
)
LOG_REQUEST = ActionButton(
    action=Action.REPLY_SEND,
    handler=replies.send,
    form=ReplyRequestCreateForm,
    label="Log a request for comment",
    icon="outgoing_mail",
    success_message="Logged. The newsroom tracks the deadline.",
    redirect_to=lambda row, request: row or request,
)
WAIVE_REPLY = ActionButton(
    action=Action.REPLY_WAIVE,
    handler=replies.waive,
    form=ReplyWaiveForm,
    label="Waive right of reply",
    icon="speaker_notes_off",
    success_message="Waived. Your reason is in the audit log.",
    redirect_to=lambda row, request: row or request,
)


@admin.register(ReplyRequest)
class ReplyRequestAdmin(ReadOnlyAdmin):
    """Requests for comment, newest first."""

    buttons = (RECORD_RESPONSE,)
    list_buttons = (LOG_REQUEST, WAIVE_REPLY)
    list_display = (
        columns.source("to", "To"),
        columns.choice("outcome", "Outcome"),
        columns.time_left("deadline_at", "Response due"),
        columns.truncated("question", "Question", 80),
        columns.user_name("sent_by", "Sent by"),
        columns.time_since("sent_at", "Sent"),
    )
    list_filter = (ReplyStateFilter, "outcome")
    select_related = ("to", "sent_by", "reply_address")
    search_fields = ("question",)
    searched_sources = ("to",)
    detail_template = "editorial/review/reply_request.html"

    def title(self, row: ReplyRequest) -> str:
        return f"Request to {labels.source_label(row.to)}"

    def get_context_panel(self, request: HttpRequest, button: ActionButton, row: Any) -> dict[str, Any]:
        """The email from which the response is recorded, if it arrived by email."""
        panel = received_message.panel(request, row) if row is not None and button is RECORD_RESPONSE else None
        return panel or super().get_context_panel(request, button, row)

    def get_page_context(self, request: HttpRequest, row: ReplyRequest) -> dict[str, Any]:
        actor = request_user.actor_facts(request)
        visible: Any = Claim.objects.all()
        statements: Any = row.statements
        links = list(row.request_claim_links.filter(claim__in=visible.visible_to(actor)).select_related("claim"))
        words = disclosure.words_put(links, actor)
        return {
            "put": [(link, words[link.pk]) for link in links],
            "hours": reply_windows.hours(row.deadline_at - row.sent_at) if row.deadline_at else None,
            "reply_address": reply_addresses.address_of(row),
            "received": row.received_answers.all()[:_MAX_RECEIVED],
            "statements": statements.all().visible_to(actor).select_related("source"),
            "events": history.entries_for(row, actor),
        }
