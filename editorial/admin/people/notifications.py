"""One's own notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.filters import Unread
from editorial.admin.framework.read_only_admin import Page
from editorial.models import Notification, User
from editorial.notifications import notices
from editorial.policy.access import Decision, SubjectFacts, Verb


def _read(*, notification_id: UUID, actor: User, now: datetime) -> Notification | None:
    """Note that you have read it; it leaves the first page."""
    return notices.mark_read(notification_id=notification_id, user=actor, now=now)


@admin.register(Notification)
class NotificationAdmin(Page):
    """What one was told, the newest first. Nobody sees another's."""

    buttons = (
        VerbButton(
            verb=Verb.SEE,
            variant="read",
            call=_read,
            row_as="notification_id",
            label="I have read it",
            icon="mark_email_read",
            tone="primary",
            at_once=True,
            done="Noted.",
            subject=lambda row: SubjectFacts(shared=True),
            stands=lambda row: Decision(row.read_at is None),
        ),
    )
    list_display = (
        columns.start("subject", "Notice", 120),
        columns.since("made_at", "Sent"),
        columns.since("read_at", "Read"),
    )
    list_filter = (Unread,)
    ordering = ("-id",)
    page_template = "editorial/people/notification.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One's own."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(user=request_user.person(request))
