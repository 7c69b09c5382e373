"""Requests for comment whose deadline is near or past, and answers by email: to requests, and to our own emails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from editorial.admin.framework import labels
from editorial.admin.home.panel import Line, Panel, Viewer, panel_of
from editorial.models import EmailedComment, ReceivedAnswer, ReplyRequest
from editorial.policy.actions import Action
from editorial.policy.vocabulary import ReceivedAnswerState, ReplyOutcome

_NEAR = timedelta(hours=24)


def panel(viewer: Viewer) -> Panel:
    """Those without a response whose deadline is within a day, or past, by deadline."""
    rows: Any = ReplyRequest.objects.all().visible_to(viewer.facts)
    rows = rows.filter(outcome=ReplyOutcome.PENDING.value, deadline_at__lte=viewer.now + _NEAR)
    url = reverse("admin:editorial_replyrequest_changelist")
    return panel_of(
        rows.select_related("to").order_by("deadline_at"), _line, key="replies", title="Reply deadlines", url=url
    )


def _line(request: ReplyRequest) -> Line:
    return Line(row=request, title=labels.row_label(request.to), detail=request.question, due_at=request.deadline_at)


def received(viewer: Viewer) -> Panel | None:
    """Emails from people that nobody has recorded or dismissed, oldest first; None for those who answer no request."""
    if not viewer.may(Action.REPLY_ANSWER):
        return None
    rows: Any = ReceivedAnswer.objects.all().visible_to(viewer.facts)
    rows = rows.filter(state=ReceivedAnswerState.WAITING.value, automatic=False)
    url = reverse("admin:editorial_receivedanswer_changelist")
    rows = rows.select_related("request__to").order_by("id")
    return panel_of(rows, _received_line, key="received", title="Answers received by email", url=url)


def to_confirm(viewer: Viewer) -> Panel | None:
    """The user's own answers by email that are no comments yet, oldest first; None for those without any."""
    own = EmailedComment.objects.waiting().filter(user=viewer.user)
    if not own.exists():  # as for most: what they may see of them takes a long query
        return None
    rows = own.visible_to(viewer.facts).select_related("notification").order_by("id")
    url = reverse("admin:editorial_emailedcomment_changelist")
    return panel_of(rows, _emailed_line, key="emailed", title="Comments to confirm", url=url)


def _emailed_line(comment: EmailedComment) -> Line:
    return Line(row=comment, title=comment.notification.subject)


def _received_line(answer: ReceivedAnswer) -> Line:
    return Line(row=answer, title=labels.row_label(answer.request.to), detail=answer.request.question)
