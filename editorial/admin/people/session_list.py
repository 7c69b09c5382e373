"""Where you are signed in: one's own browser sessions, to end one or all others."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Session, db_clock
from editorial.policy import access
from editorial.policy.access import ActorFacts, Decision, SubjectFacts
from editorial.policy.actions import Action
from editorial.workflow.people import sessions


def _may_end(actor: ActorFacts) -> Decision:
    return access.may(actor, Action.SESSION_END, SubjectFacts(owners=frozenset({actor.id})))


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """The user's sessions. Nobody sees those of another person."""

    buttons = (
        ActionButton(
            action=Action.SESSION_END,
            handler=sessions.end,
            pk_kwarg="session_id",
            label="End",
            icon="logout",
            tone="danger",
            success_message="Ended. That browser is signed out.",
            available=lambda row: Decision(not row.is_current),  # for this one there is the sign-out
            redirect_to=lambda row, result: None,
        ),
    )
    list_buttons = (
        ActionButton(
            action=Action.SESSION_END,
            variant="others",
            handler=sessions.end_others,
            label="End all others",
            icon="logout",
            tone="danger",
            help_text="Every other browser in which you are signed in is signed out immediately.",
            allowed_without_row=_may_end,
            success_message=lambda count: (
                f"Sessions ended: {count}. You are now signed in only in this browser. Tokens still work."
            ),
            redirect_to=lambda row, result: None,
        ),
    )
    ordering = ("-last_used_at",)
    list_display = (
        "device", columns.flag("is_current", "This one", "this browser", "info"), "address",
        columns.time_since("signed_in_at", "Signed in"), columns.time_since("last_used_at", "Last used"),
    )  # fmt: skip
    detail_fields = ("device", "address", "signed_in_at", "last_used_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The user's sessions, and which of them shows this page."""
        user = request_user.current_user(request)
        return sessions.of(user, now=db_clock.now()).order_by("-last_used_at")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, under a title in plain words."""
        return super().changelist_view(request, {"title": "Where you are signed in"} | (extra_context or {}))
