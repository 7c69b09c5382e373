"""The user's notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.filters import UnreadFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Notification, User
from editorial.notifications import notices
from editorial.policy.access import Decision, SubjectFacts
from editorial.policy.actions import Action

_MAX_SUBJECT = 120


def mark_read(*, notification_id: UUID, actor: User, now: datetime) -> Notification | None:
    """Mark this notification, and those that it heads, as read; they leave the home page."""
    return notices.mark_read(notification_id=notification_id, user=actor, now=now)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """The user's notifications, newest first. Nobody sees those of others."""

    buttons = (
        ActionButton(
            action=Action.SEE,
            variant="read",
            handler=mark_read,
            pk_kwarg="notification_id",
            label="Mark as read",
            icon="mark_email_read",
            tone="primary",
            one_click=True,
            success_message="Marked as read.",
            subject=lambda row: SubjectFacts(shared=True),
            available=lambda row: Decision(row.read_at is None),
        ),
    )
    list_display = (
        "subject_and_count",
        columns.time_since("created_at", "Sent"),
        columns.time_since("read_at", "Read"),
    )
    list_filter = (UnreadFilter,)
    detail_template = "editorial/people/notification.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's notifications, each with the number of those that it heads."""
        rows: QuerySet[Any] = super().get_queryset(request)
        own = rows.filter(user=request_user.current_user(request)).annotate(more=Count("bundled"))
        is_list = request.path == reverse("admin:editorial_notification_changelist")
        return own.filter(bundle=None) if is_list else own

    def get_page_context(self, request: HttpRequest, row: Notification) -> dict[str, Any]:
        return super().get_page_context(request, row) | {"bundled": row.bundled.order_by("pk")}

    @admin.display(description="Notification", ordering="subject")
    def subject_and_count(self, row: Any) -> str:
        """The subject, and how many others it heads."""
        subject = Truncator(row.subject).chars(_MAX_SUBJECT)
        return f"{subject} (+{row.more})" if row.more else subject
