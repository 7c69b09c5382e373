"""The rota: which editor is on duty at each desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from editorial.admin.framework import columns, fields, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import DeskActionForm
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import user_name
from editorial.models import DutyShift, User
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.roles import Role
from editorial.workflow.people import duty_shifts


class DutyShiftForm(DeskActionForm):
    """Who is on duty, and when."""

    action = Action.DUTY_SHIFT_ASSIGN

    editor_id = fields.ModelSelectField("Editor", help_text="An editor of the desk.")
    starts_at = fields.DateTimeField("From")
    ends_at = fields.DateTimeField("To")

    def prepare(self) -> None:
        """Offer the editors of the desks that the form offers."""
        super().prepare()
        desks = self.fields["desk_id"].queryset  # type: ignore[attr-defined]
        roles = {"memberships__role__in": [Role.EDITOR.value, Role.SENIOR_EDITOR.value], "is_active": True}
        editors = User.objects.filter(Q(memberships__desk__in=desks) | Q(memberships__desk=None), **roles)
        self.set_choices("editor_id", editors.distinct().order_by("username"), label_for=user_name)
        fields.show_time_zone(self.fields["starts_at"])
        fields.show_time_zone(self.fields["ends_at"])


@admin.register(DutyShift)
class DutyShiftAdmin(ReadOnlyAdmin):
    """The editor on duty is notified of what readers are owed, and gets email during quiet hours."""

    list_buttons = (
        ActionButton(
            action=Action.DUTY_SHIFT_ASSIGN,
            handler=duty_shifts.assign,
            form=DutyShiftForm,
            label="Put on duty",
            icon="event_available",
            tone="primary",
            success_message="Assigned. The editor is notified.",
            redirect_to=lambda row, shift: None,
        ),
    )
    buttons = (
        ActionButton(
            action=Action.DUTY_SHIFT_CANCEL,
            handler=duty_shifts.cancel,
            pk_kwarg="shift_id",
            label="Cancel shift",
            icon="event_busy",
            tone="danger",
            success_message="Cancelled. The editor is notified.",
            available=lambda row: Decision(row.cancelled_at is None and row.ends_at > timezone.now()),
        ),
    )
    list_display = (columns.user_name("editor", "Editor"), "desk", "starts_at", "ends_at", "cancelled_at")
    list_filter = ("desk",)
    select_related = ("editor", "desk", "assigned_by")
    ordering = ("-starts_at", "-id")
    detail_fields = ("editor", "desk", "starts_at", "ends_at", "assigned_by", "assigned_at", "cancelled_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The shifts of the user's desks."""
        rows: Any = DutyShift.objects.visible_to(request_user.actor_facts(request))
        return rows.select_related(*self.select_related).order_by(*self.ordering)
