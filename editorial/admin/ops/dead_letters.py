"""Dead letters: jobs that failed permanently, their owners and the possible actions."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, reason_form
from editorial.admin.framework.fields import ModelSelectField
from editorial.admin.framework.filters import DeadLetterFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import MessageState, OutboxMessage, User
from editorial.models.unions import keys_of_any
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.ops import dead_letters


class DeadLetterAssignForm(ActionForm):
    owner_id = ModelSelectField("New owner", help_text="The new owner is notified.")

    def prepare(self) -> None:
        """Offer the users who may handle dead letters."""
        administrators = User.objects.filter(pk__in=dead_letters.administrators().values("user"))
        self.set_choices("owner_id", administrators.exclude(dead_letters=self.row))


def _is_dead(row: Any) -> Decision:
    return Decision(row.state == MessageState.DEAD)


_dead_letter_action = partial(ActionButton, pk_kwarg="message_id", available=_is_dead)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Background jobs; the list shows dead letters by default."""

    required_role = Role.ADMIN
    buttons = (
        _dead_letter_action(
            action=Action.JOB_RETRY,
            handler=dead_letters.retry,
            label="Retry",
            icon="replay",
            tone="primary",
            help_text="First find out why it failed: the type of its last error is here, the rest in the worker's log.",
            success_message="Retrying within seconds.",
        ),
        _dead_letter_action(
            action=Action.JOB_TAKE,
            handler=dead_letters.take,
            label="Assign to me",
            icon="back_hand",
            one_click=True,
            success_message="Assigned to you.",
        ),
        _dead_letter_action(
            action=Action.JOB_ASSIGN,
            handler=dead_letters.assign,
            form=DeadLetterAssignForm,
            label="Reassign",
            icon="forward_to_inbox",
            success_message="Reassigned. The new owner is notified.",
        ),
        _dead_letter_action(
            action=Action.JOB_DISMISS,
            handler=dead_letters.dismiss,
            form=reason_form("Why it is not needed", "It stays in the audit log."),
            label="Dismiss",
            icon="archive",
            tone="danger",
            help_text="The job will not run. If its result is still needed, the next integrity check starts a new job.",
            success_message="Dismissed. Your reason is in the audit log.",
        ),
    )
    list_display = (
        columns.choice("kind", "Job"),
        columns.choice("state", "State"),
        columns.user_name("owner", "Owner"),
        columns.time_since("dead_at", "Failed"),
        "attempts",
        "error",
        columns.time_since("created_at", "Enqueued"),
    )
    list_filter = (DeadLetterFilter, "state", "kind")
    select_related = ("owner",)
    search_fields = ("reference",)
    detail_fields = (
        "kind", "state", "owner", "dead_at", "next_alert_at", "reference", "attempts", "error",
        "created_at", "available_at", "sent_at", "lease_until", "done_at",
    )  # fmt: skip

    def search_condition(self, field: str, word: str) -> Q:
        """The jobs about the object with this id that are not done."""
        unfinished = (
            Q(reference=word, state__in=[MessageState.READY.value, MessageState.SENT.value]),
            Q(reference=word, state=MessageState.RUNNING.value),
            Q(reference=word, state__in=[MessageState.DEAD.value, MessageState.DISMISSED.value]),
        )
        return Q(pk__in=keys_of_any(OutboxMessage.objects.all(), *unfinished))  # each has an index
