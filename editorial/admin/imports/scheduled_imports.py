"""Scheduled imports: their health, and what they brought in."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm, PageVersionForm, VersionedActionForm
from editorial.admin.framework.fields import AutocompleteField, ChoiceField, NumberField, WebAddressField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.models import Import, ScheduledImport
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.imports import FAILURES_TO_REPORT, MAX_INTERVAL, MIN_INTERVAL, SCHEDULED_KINDS, ImportKind
from editorial.workflow.imports import scheduled_imports

_MAX_IMPORTS = 25


class _ScheduledImportFields(ActionForm):
    url = WebAddressField("URL", help_text="RSS, Atom or JSON Feed, a page that names one, or a page.")
    interval_minutes = NumberField(
        "Minutes between two fetches", min_value=MIN_INTERVAL, max_value=MAX_INTERVAL, initial=15
    )
    outlet_id = AutocompleteField(
        "Outlet",
        (Import, "outlet"),
        required=False,
        help_text="The source that published the items. Default: the outlet named in them.",
    )


class ScheduledImportCreateForm(_ScheduledImportFields, DeskActionForm):
    action = Action.SCHEDULED_IMPORT_ADD
    advanced_fields = ("outlet_id",)

    kind = ChoiceField("Kind", SCHEDULED_KINDS, initial=ImportKind.FEED.value)

    field_order = ("kind", "url", "interval_minutes", "outlet_id", "desk_id")


class ScheduledImportUpdateForm(VersionedActionForm, _ScheduledImportFields):
    @classmethod
    def initial_for_row(cls, row: ScheduledImport) -> dict[str, Any]:
        values = {"url": row.url, "interval_minutes": row.interval_minutes, "outlet_id": row.outlet_id}
        return super().initial_for_row(row) | values


_button = partial(ActionButton, pk_kwarg="scheduled_import_id")


def _is_scheduled(row: ScheduledImport) -> Decision:
    return Decision(not row.is_paused)


@admin.register(ScheduledImport)
class ScheduledImportAdmin(ReadOnlyAdmin):
    """Feeds and pages that are fetched again and again; failing ones first."""

    detail_template = "editorial/imports/scheduled_import.html"
    list_buttons = (
        ActionButton(
            action=Action.SCHEDULED_IMPORT_ADD,
            handler=scheduled_imports.add,
            form=ScheduledImportCreateForm,
            label="Schedule an import",
            icon="schedule",
            help_text="Fetch a feed or a page regularly, and import what is new in your name. The first fetch is now.",
            tone="primary",
            success_message="Scheduled. It is being fetched for the first time.",
            redirect_to=lambda row, added: added,
        ),
    )
    buttons = (
        _button(
            action=Action.SCHEDULED_IMPORT_RUN,
            handler=scheduled_imports.run,
            form=PageVersionForm,
            label="Run now",
            icon="sync",
            help_text="Imports every item that is not on file, even if nothing has changed.",
            success_message="It is being fetched.",
            available=_is_scheduled,
        ),
        _button(
            action=Action.SCHEDULED_IMPORT_REVISE,
            handler=scheduled_imports.revise,
            form=ScheduledImportUpdateForm,
            label="Revise",
            icon="edit",
            success_message="Revised.",
        ),
        _button(
            action=Action.SCHEDULED_IMPORT_RESUME,
            handler=scheduled_imports.resume,
            form=PageVersionForm,
            label="Resume",
            help_text="Its items are filed in your name from now on.",
            icon="play_circle",
            tone="primary",
            success_message="Resumed. It is being fetched.",
            available=lambda row: Decision(row.is_paused),
        ),
        _button(
            action=Action.SCHEDULED_IMPORT_PAUSE,
            handler=scheduled_imports.pause,
            form=PageVersionForm,
            label="Pause",
            help_text="Imported items remain.",
            icon="pause_circle",
            tone="danger",
            success_message="Paused.",
            available=_is_scheduled,
        ),
    )
    list_display = (
        "url",
        "desk",
        "health",
        columns.time_since("succeeded_at", "Last success"),
        "next_fetch_at",
        columns.user_name("scheduled_by", "Files in the name of"),
    )
    list_filter = ("kind", "desk")
    select_related = ("desk", "scheduled_by", "outlet")
    ordering = ("-failures", "-id")
    detail_fields = (
        "desk", "kind", "url", "outlet", "interval_minutes", "scheduled_by", "scheduled_at", "next_fetch_at",
        "fetched_at", "succeeded_at", "failures",
    )  # fmt: skip

    @admin.display(description="Health", ordering="failures")
    def health(self, row: ScheduledImport) -> SafeString:
        if row.is_paused:
            return badge("withdrawn", "paused")
        if row.failures >= FAILURES_TO_REPORT:
            return badge("refuted", "failing")
        return badge("conditional", "last fetch failed") if row.failures else badge("verified", "works")

    def get_page_context(self, request: HttpRequest, row: ScheduledImport) -> dict[str, Any]:
        """The latest imports."""
        return super().get_page_context(request, row) | {
            "health": self.health(row),
            "imports": row.imports.order_by("-id")[:_MAX_IMPORTS],
        }
