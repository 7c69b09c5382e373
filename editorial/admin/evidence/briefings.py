"""Briefings, calls and releases: all speakers at one count as one voice."""

from __future__ import annotations

from django.contrib import admin

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import create_button
from editorial.admin.framework.action_forms import DeskActionForm
from editorial.admin.framework.fields import DateTimeField, TextField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Briefing
from editorial.policy.actions import Action
from editorial.workflow.evidence import briefings


class BriefingCreateForm(DeskActionForm):
    action = Action.BRIEFING_RECORD

    name = TextField("Name", help_text="Such as: White House press call, Friday noon.")
    held_at = DateTimeField("Held at", required=False)

    field_order = ("name", "held_at", "desk_id")


@admin.register(Briefing)
class BriefingAdmin(ReadOnlyAdmin):
    list_buttons = (
        create_button(
            action=Action.BRIEFING_RECORD,
            handler=briefings.record,
            form=BriefingCreateForm,
            label="Record a briefing",
            icon="podium",
            success_message="Recorded. Statements can now refer to it.",
        ),
    )
    list_display = ("name", "desk", columns.time_since("held_at", "Held"))
    select_related = ("desk",)
    search_fields = ("name",)
    detail_fields = ("name", "desk", "held_at")
