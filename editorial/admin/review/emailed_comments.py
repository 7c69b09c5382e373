"""Comments by email: the user's own, to be confirmed or dismissed, on the page of what they are on and in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest

from editorial.admin.framework import columns, fields, request_user
from editorial.admin.framework.action_buttons import ActionButton, BoundButton, bind_buttons
from editorial.admin.framework.action_forms import ActionForm
from editorial.admin.framework.filters import ChoiceFilter
from editorial.admin.framework.inline_forms import InlineForm, inline_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import detail_url
from editorial.models import EmailedComment
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.vocabulary import EmailedCommentState
from editorial.workflow.core.audit import stream_of
from editorial.workflow.core.errors import ActionError
from editorial.workflow.review import comments, emailed_comments


class ConfirmForm(ActionForm):
    """The text that arrived, to be posted as it is or changed."""

    text = fields.TextAreaField(
        "Comment",
        rows=4,
        max_length=comments.MAX_LENGTH,
        help_text="@username and @desk notify those who may see this. No confidential name.",
    )

    @classmethod
    def initial_for_row(cls, row: EmailedComment) -> dict[str, Any]:
        """The text; none if it cannot be decrypted."""
        return {"text": _text_and_problem(row)[0]}


def _is_waiting(row: EmailedComment) -> Decision:
    return Decision(row.state == EmailedCommentState.WAITING)


_CONFIRM = ActionButton(
    action=Action.EMAILED_COMMENT_CONFIRM,
    handler=emailed_comments.confirm,
    pk_kwarg="emailed_comment_id",
    form=ConfirmForm,
    label="Post comment",
    icon="add_comment",
    tone="primary",
    help_text="Everybody who may see this may read it.",
    success_message="Commented.",
    available=_is_waiting,
    redirect_to=lambda row, comment: comment.target,
)
_DISMISS = ActionButton(
    action=Action.EMAILED_COMMENT_DISMISS,
    handler=emailed_comments.dismiss,
    pk_kwarg="emailed_comment_id",
    label="Dismiss",
    icon="delete",
    one_click=True,
    help_text="Its text is deleted. Nobody has seen it but you.",
    success_message="Dismissed.",
    available=_is_waiting,
    redirect_to=lambda row, dismissed: row.target,
)


@dataclass(frozen=True, slots=True)
class EmailedCommentView:
    """One that waits, with its form. `problem`: why its text cannot be shown."""

    row: EmailedComment
    form: InlineForm | None
    dismiss: BoundButton
    problem: str


def waiting_on(request: HttpRequest, rows: Iterable[Model]) -> list[EmailedCommentView]:
    """The user's own that wait on these rows: an object that the user sees, and threads on it. The oldest first."""
    own = EmailedComment.objects.waiting().filter(user=request_user.current_user(request))
    on_rows = own.filter(notification__event__stream__in=[stream_of(row) for row in rows])
    return [_view(request, row) for row in on_rows.order_by("id")]


def _view(request: HttpRequest, row: EmailedComment) -> EmailedCommentView:
    confirm, dismiss = bind_buttons((_CONFIRM, _DISMISS), row, request_user.actor_facts(request))
    return EmailedCommentView(row, inline_form(request, confirm, row, "#comments"), dismiss, _text_and_problem(row)[1])


def _text_and_problem(row: EmailedComment) -> tuple[str, str]:
    """The text of the email, and why there is none."""
    try:
        text = emailed_comments.read(row)
    except ActionError as error:
        return "", str(error)
    return text, "" if text else "The email could not be read. Type the comment, or dismiss it."


class EmailedCommentFilter(ChoiceFilter):
    """Comments by email, those that wait by default."""

    title = "state"
    parameter_name = "emailed_state"
    options = {"decided": "confirmed or dismissed", "all": "all"}
    default_label = "waiting"
    default = Q(state=EmailedCommentState.WAITING.value)

    def conditions(self, request: HttpRequest) -> dict[str, Q]:
        return {"decided": ~self.default, "all": Q()}


@admin.register(EmailedComment)
class EmailedCommentAdmin(ReadOnlyAdmin):
    """The user's own answers by email that are no comments yet, newest first."""

    buttons = (_CONFIRM, _DISMISS)
    list_display = ("answers", columns.choice("state", "State"), columns.time_since("received_at", "Received"))
    list_filter = (EmailedCommentFilter,)
    select_related = ("notification__event",)
    detail_template = "editorial/review/emailed_comment.html"

    @admin.display(description="In answer to")
    def answers(self, row: EmailedComment) -> str:
        return row.notification.subject

    def title(self, row: EmailedComment) -> str:
        return "Comment by email"

    def get_page_context(self, request: HttpRequest, row: EmailedComment) -> dict[str, Any]:
        """The email with its form while it waits, and where it leads."""
        view = _view(request, row) if _is_waiting(row) else None
        return {"view": view, "place": f"{detail_url(row.target)}#comments"}
