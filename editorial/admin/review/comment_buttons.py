"""Forms and buttons of comments."""

from __future__ import annotations

from functools import partial
from typing import Any

from editorial.admin.framework import fields
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, VersionedActionForm
from editorial.models import Comment
from editorial.models.review.comments import TARGETS, seen_through
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.workflow.review import comments

_HELP = "@username and @desk notify those who may see this. No confidential name."


class CommentForm(ActionForm):
    text = fields.TextAreaField("Comment", rows=3, max_length=comments.MAX_LENGTH, help_text=_HELP)


class ReplyForm(ActionForm):
    text = fields.TextAreaField("Reply", rows=2, max_length=comments.MAX_LENGTH, help_text=_HELP)


class EditForm(VersionedActionForm):
    """The text of a comment, for its author."""

    text = fields.TextAreaField("Comment", rows=4, max_length=comments.MAX_LENGTH, help_text=_HELP)

    @classmethod
    def initial_for_row(cls, row: Any) -> dict[str, Any]:
        """The current text."""
        return super().initial_for_row(row) | {"text": row.revisions.latest("number").text}


def is_thread(row: Comment) -> bool:
    """Whether the comment began a thread."""
    return row.reply_to_id is None


_on_comment = partial(ActionButton, pk_kwarg="comment_id", redirect_to=lambda row, result: row.target)
REPLY = ActionButton(
    action=Action.COMMENT_ADD,
    variant="reply",
    handler=comments.add,
    pk_kwarg="reply_to_id",
    form=ReplyForm,
    label="Reply",
    icon="reply",
    help_text="Those who wrote in the thread are notified.",
    success_message="Replied.",
    available=lambda row: Decision(is_thread(row) and not row.resolved_at),
    redirect_to=lambda row, result: row.target,
)
EDIT = _on_comment(
    action=Action.COMMENT_EDIT,
    handler=comments.edit,
    form=EditForm,
    label="Edit",
    icon="edit",
    help_text="The former text stays, and those who see the comment can read it.",
    success_message="Changed.",
)
RESOLVE = _on_comment(
    action=Action.COMMENT_RESOLVE,
    handler=comments.resolve,
    label="Resolve",
    icon="check",
    one_click=True,
    success_message="Resolved.",
    available=lambda row: Decision(is_thread(row) and not row.resolved_at),
)
REOPEN = _on_comment(
    action=Action.COMMENT_REOPEN,
    handler=comments.reopen,
    label="Reopen",
    icon="undo",
    one_click=True,
    success_message="Reopened.",
    available=lambda row: Decision(bool(row.resolved_at)),
)
BUTTONS = (REPLY, EDIT, RESOLVE, REOPEN)


def _comment_button(column: str) -> ActionButton:
    return ActionButton(
        action=Action.COMMENT_ADD,
        handler=comments.add,
        pk_kwarg=f"{column}_id",
        form=CommentForm,
        label="Comment",
        icon="add_comment",
        help_text="Everybody who may see this may read it.",
        success_message="Commented.",
        subject=lambda row: seen_through(row).access_facts(),
        redirect_to=lambda row, result: row,
    )


COMMENT = {model: _comment_button(column) for column, model in TARGETS.items()}
"""The button that comments on a row of each model."""
