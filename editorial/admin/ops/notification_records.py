"""The notification log: who was notified of what, and whether it arrived and was read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.models import Claim, NotificationRecord, Story
from editorial.models.ops.deliveries import UNDELIVERED_STATES
from editorial.policy.access import ActorFacts, Decision
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.events import RULES
from editorial.policy.roles import Role
from editorial.workflow.ops import resending


def may_read(actor: ActorFacts) -> bool:
    """Whether the user may read any part of the log: editors of a desk, and administrators."""
    return bool({role for role, _ in actor.memberships} & {*ACTIONS[Action.STORY_CLEAR].by, Role.ADMIN})


def log_url(row: Story | Claim, actor: ActorFacts) -> str:
    """The notifications about a story or claim; empty for those who may not read the log."""
    url = reverse("admin:editorial_notificationrecord_changelist")
    return f"{url}?{urlencode({SEARCH_VAR: row.pk})}" if may_read(actor) else ""


def _may_resend(row: NotificationRecord) -> Decision:
    return Decision(row.email is not None and row.email.state in UNDELIVERED_STATES)


@admin.register(NotificationRecord)
class NotificationRecordAdmin(ReadOnlyAdmin):
    """Without a search: what could not be delivered. A search finds all about one object, or to one person."""

    detail_template = "editorial/ops/notification_record.html"
    search_help_text = "Id of a story, claim or event, or a username. Without it: emails that did not arrive."
    buttons = (
        ActionButton(
            action=Action.NOTIFICATION_RESEND,
            handler=resending.resend_email,
            pk_kwarg="record_id",
            label="Send email again",
            icon="forward_to_inbox",
            tone="primary",
            help_text="With everything that the email contains. What its recipient may no longer see is left out.",
            success_message="The email is being sent again.",
            available=_may_resend,
        ),
    )
    list_display = (
        columns.user_name("user", "Notified"),
        "what",
        columns.time_since("created_at", "In the newsroom"),
        columns.time_since("read_at", "Read"),
        "email_state",
        "email_error",
    )
    search_fields = ("event",)
    select_related = ("event", "user", "email")
    detail_fields = ("user", "what", "created_at", "read_at", "retired_at", "email_state", "email_error")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """All about the object or to the person that is searched for; otherwise what could not be delivered."""
        rows: Any = queryset
        term = search_term.strip()
        if not term:
            return rows.undelivered(), False
        try:
            key = UUID(term)
        except ValueError:
            return rows.filter(user__username=term), False
        return rows.about_id(key), False

    def title(self, row: NotificationRecord) -> str:
        return f"Notification of {row.user.get_full_name() or row.user.username}"

    @admin.display(description="Of what")
    def what(self, row: NotificationRecord) -> str:
        """The sentence of the event, unless the user may not see it."""
        return RULES[row.event.action].sentence if row.is_disclosed else "(not shown to you)"  # type: ignore[attr-defined]

    @admin.display(description="Email")
    def email_state(self, row: NotificationRecord) -> SafeString | str:
        return badge(row.email.state) if row.email else "–"

    @admin.display(description="Error")
    def email_error(self, row: NotificationRecord) -> str:
        return row.email.error if row.email else ""

    def get_page_context(self, request: HttpRequest, row: NotificationRecord) -> dict[str, Any]:
        """The attempts at the email."""
        attempts = row.email.history.all() if row.email else ()
        return super().get_page_context(request, row) | {"attempts": attempts}
