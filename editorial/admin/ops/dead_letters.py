"""Dead letters: jobs that failed permanently, their owners and the possible actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.filters import DeadLetterFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.ops import dead_letter_forms as forms
from editorial.models import MessageState, OutboxMessage
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.ops import dead_letters


def _is_dead(row: Any) -> Decision:
    return Decision(row.state == MessageState.DEAD)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Background jobs; the list shows dead letters by default."""

    required_role = Role.ADMIN
    buttons = (
        ActionButton(
            action=Action.JOB_RETRY,
            handler=dead_letters.retry,
            pk_kwarg="message_id",
            label="Retry",
            icon="replay",
            tone="primary",
            help_text="First find out why it failed: the type of its last error is here, the rest in the worker's log.",
            success_message="Retrying within seconds.",
            available=_is_dead,
        ),
        ActionButton(
            action=Action.JOB_TAKE,
            handler=dead_letters.take,
            pk_kwarg="message_id",
            label="Assign to me",
            icon="back_hand",
            one_click=True,
            success_message="Assigned to you.",
            available=_is_dead,
        ),
        ActionButton(
            action=Action.JOB_ASSIGN,
            handler=dead_letters.assign,
            pk_kwarg="message_id",
            form=forms.DeadLetterAssignForm,
            label="Reassign",
            icon="forward_to_inbox",
            success_message="Recipient notified.",
            available=_is_dead,
        ),
        ActionButton(
            action=Action.JOB_DISMISS,
            handler=dead_letters.dismiss,
            pk_kwarg="message_id",
            form=forms.DeadLetterDismissForm,
            label="Dismiss",
            icon="archive",
            tone="danger",
            help_text="The job will not run. If its result is still needed, the next integrity check starts a new job.",
            success_message="Dismissed. Your reason is in the audit log.",
            available=_is_dead,
        ),
    )
    list_display = (
        columns.choice("kind", "Work"),
        columns.choice("state", "State"),
        columns.user_name("owner", "Owner"),
        columns.time_since("dead_at", "Failed"),
        "attempts",
        "error",
        columns.time_since("created_at", "Written"),
    )
    list_filter = (DeadLetterFilter, "state", "kind")
    list_select_related = ("owner",)
    search_fields = ("reference",)
    ordering = ("-id",)
    detail_fields = (
        "kind", "state", "owner", "dead_at", "next_alert_at", "reference", "attempts", "error",
        "created_at", "available_at", "sent_at", "lease_until", "done_at",
    )  # fmt: skip
