"""Imports: progress and the result of each row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns, history
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.imports import import_forms as forms
from editorial.models import Import
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.imports import ACTIVE_STATES, ImportKind, RowState
from editorial.workflow.imports import imports

_MAX_ROWS = 200  # rows on a page; those that need attention come first


def _start_import(kind: ImportKind, form: Any, label: str, icon: str, **more: Any) -> ActionButton:
    return ActionButton(
        action=Action.IMPORT_START,
        variant=kind.value,
        handler=imports.start,
        extra_kwargs={"kind": kind.value},
        form=form,
        label=label,
        icon=icon,
        success_message="Import started. This page shows its progress.",
        redirect_to=lambda row, begun: begun,
        **more,
    )


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """Claims sheets, feeds, ninjs and web pages, newest first."""

    detail_template = "editorial/imports/import.html"
    list_buttons = (
        _start_import(ImportKind.CLAIMS_SHEET, forms.SheetImportForm, "Import claims", "upload_file", tone="primary"),
        _start_import(ImportKind.FEED, forms.FeedImportForm, "Import a feed", "rss_feed"),
        _start_import(ImportKind.PAGE, forms.PageImportForm, "Import a web page", "language"),
    )
    buttons = (
        ActionButton(
            action=Action.IMPORT_CANCEL,
            handler=imports.cancel,
            pk_kwarg="import_id",
            label="Stop",
            icon="stop_circle",
            tone="danger",
            success_message="Cancelled. Rows filed so far remain.",
            available=lambda row: Decision(row.state in ACTIVE_STATES),
        ),
    )
    list_display = (
        "__str__",
        columns.choice("state", "State"),
        "desk",
        "row_count",
        "filed",
        "refused",
        columns.user_name("started_by", "Started by"),
        columns.time_since("started_at", "Begun"),
    )
    list_filter = ("kind", "state", "desk")
    list_select_related = ("desk", "started_by")
    detail_fields = ("desk", "kind", "url", "outlet", "read_as", "started_by", "started_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the objects that the page shows."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("desk", "started_by", "outlet")

    def get_page_context(self, request: HttpRequest, row: Import) -> dict[str, Any]:
        """The progress, the rows that need attention, the other rows, and the audit log."""
        rows = row.rows.select_related("claim", "story")
        refused = list(rows.filter(state=RowState.REFUSED.value)[:_MAX_ROWS])
        others = list(rows.exclude(state=RowState.REFUSED.value)[:_MAX_ROWS])
        return {
            "detail_rows": self.detail_rows(row),
            "counts": [(state.label, getattr(row, state.value)) for state in RowState if state is not RowState.WAITING],
            "refused": refused,
            "others": others,
            "left_out": row.row_count - len(refused) - len(others),
            "events": history.entries_for(row),
        }
