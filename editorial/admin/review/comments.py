"""Comments: the panel on the page of what they are on, and a list of all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import BoundButton, bind_buttons, by_slug
from editorial.admin.framework.filters import ChoiceFilter
from editorial.admin.framework.inline_forms import InlineForm, inline_form
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import detail_url
from editorial.admin.review import emailed_comments
from editorial.admin.review.comment_buttons import BUTTONS, COMMENT, is_thread
from editorial.admin.review.emailed_comments import EmailedCommentView
from editorial.models import Claim, Comment, ReviewTask, Statement, Story
from editorial.models.review.comments import TARGETS, seen_through
from editorial.policy.access import SubjectFacts
from editorial.workflow.evidence.confidentiality import former_texts
from editorial.workflow.evidence.confidentiality.former_texts import Texts

MAX_THREADS = 20


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment, its texts, and its buttons by slug."""

    comment: Comment
    texts: Texts
    buttons: dict[str, BoundButton]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread, and the form to reply."""

    first: CommentView
    replies: list[CommentView]
    reply: InlineForm | None


@dataclass(frozen=True, slots=True)
class CommentsView:
    """The threads of an object, the newest first: open and resolved ones. `more`: older ones are left out.

    `emailed`: what the user answered by email and has not confirmed.
    """

    emailed: list[EmailedCommentView]
    add: InlineForm | None
    open: list[ThreadView]
    resolved: list[ThreadView]
    more: bool


def panel(request: HttpRequest, row: Claim | Statement | Story | ReviewTask, subject: SubjectFacts) -> CommentsView:
    """The threads of the row, whose facts for access checks are `subject`."""
    column = next(name for name, model in TARGETS.items() if isinstance(row, model))
    limit = None if "all" in request.GET else MAX_THREADS + 1
    rows = Comment.objects.select_related("written_by", "resolved_by").prefetch_related("revisions")
    firsts = list(rows.filter(**{column: row}, reply_to=None).order_by("-id")[:limit])
    shown = firsts[:MAX_THREADS] if limit else firsts
    replies = list(rows.filter(reply_to__in=shown).order_by("id")) if shown else []
    for comment in (*shown, *replies):
        setattr(comment, column, row)  # which the page has read
    texts = former_texts.texts_of((*shown, *replies), request_user.actor_facts(request))
    view = partial(_view, request, subject.desks, texts)
    threads = [
        ThreadView(
            first := view(comment),
            [view(reply) for reply in replies if reply.reply_to_id == comment.pk],
            inline_form(request, first.buttons.get("comment_add_reply"), comment, f"#comment-{comment.pk}"),
        )
        for comment in shown
    ]
    (add,) = bind_buttons([COMMENT[type(row)]], row, request_user.actor_facts(request), subject=subject)
    return CommentsView(
        emailed=emailed_comments.waiting_on(request, [row, *shown]),
        add=inline_form(request, add, row, "#comments"),
        open=[thread for thread in threads if not thread.first.comment.resolved_at],
        resolved=[thread for thread in threads if thread.first.comment.resolved_at],
        more=len(firsts) > len(shown),
    )


def _view(request: HttpRequest, desks: frozenset[str], texts: dict[Any, Texts], comment: Comment) -> CommentView:
    actor, back = request_user.actor_facts(request), {"next": f"{request.path}#comment-{comment.pk}"}
    bound = bind_buttons(BUTTONS, comment, actor, subject=comment.access_facts_at(desks), query=back)
    return CommentView(comment, texts[comment.pk], by_slug(each for each in bound if each.decision))


class ThreadFilter(ChoiceFilter):
    """Comments by whether their thread is open."""

    title = "thread"
    parameter_name = "thread"
    options = {"resolved": "resolved", "all": "all comments, with replies"}
    default_label = "open"
    default = Q(reply_to=None, resolved_at=None)

    def conditions(self, request: HttpRequest) -> dict[str, Q]:
        return {"resolved": Q(resolved_at__isnull=False), "all": Q()}


@admin.display(description="On")
def place(row: Comment) -> str:
    """What it is on, and the beginning of the claim or the headline."""
    return f"{row.target._meta.verbose_name}: {Truncator(str(seen_through(row.target))).chars(70)}"


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """Threads on claims, statements, stories and tasks. Their pages show them in full."""

    buttons = BUTTONS
    list_display = (
        columns.truncated("text", "Comment", 130),
        place,
        columns.user_name("written_by", "By"),
        columns.time_since("written_at", "Written"),
        columns.time_since("resolved_at", "Resolved"),
    )
    list_filter = (ThreadFilter,)
    select_related = ("written_by", "resolved_by", "claim", "statement__claim", "story", "task__claim")
    detail_template = "editorial/review/comment.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The comments that the user may see, with their texts."""
        rows: Any = super().get_queryset(request)
        return rows.with_text()

    def title(self, row: Comment) -> str:
        return "Comment" if is_thread(row) else "Reply"

    def get_page_context(self, request: HttpRequest, row: Comment) -> dict[str, Any]:
        """Where it is, and its texts."""
        view = _view(
            request,
            row.access_facts().desks,
            former_texts.texts_of([row], request_user.actor_facts(request)),
            row,
        )
        return super().get_page_context(request, row) | {
            "view": view,
            "place": f"{detail_url(row.target)}#comment-{row.pk}",
        }
