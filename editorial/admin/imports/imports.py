"""Imports: progress and the result of each row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm
from editorial.admin.framework.fields import CheckboxField, TextAreaField, TextField, UploadField, WebAddressField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Import, Story
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.imports import ACTIVE_STATES, ImportKind, RowState
from editorial.workflow.imports import imports

_CHECK_ONLY_LABEL = "Check only: report the result of each row, file nothing"


class SheetImportForm(DeskActionForm):
    action = Action.IMPORT_START

    file = UploadField(
        "Claims sheet",
        help_text="A CSV file with a header row: text, optionally kind, risk, needs_context (yes or no), "
        "adverse_to (names or ids, separated by |) and, for an utterance, carries (claims on earlier lines or at the "
        "desk: texts or ids, separated by |).",
    )
    check_only = CheckboxField(_CHECK_ONLY_LABEL)

    field_order = ("file", "check_only", "desk_id")


class FeedImportForm(DeskActionForm):
    action = Action.IMPORT_START

    url = WebAddressField(
        "Feed URL", help_text="RSS, Atom or JSON Feed, or a page that names one. Each item becomes a draft, once."
    )
    check_only = CheckboxField(_CHECK_ONLY_LABEL)

    field_order = ("url", "check_only", "desk_id")


class PageImportForm(DeskActionForm):
    action = Action.IMPORT_START
    omit_when_empty = ("text", "headline")
    advanced_fields = ("headline", "text")

    url = WebAddressField("Page URL")
    headline = TextField("Headline", required=False, help_text="For pasted text. Default: its first line.")
    text = TextAreaField("Text", rows=8, required=False, help_text="Paste it if the page requires a login.")

    field_order = ("url", "headline", "text", "desk_id")


_MAX_ROWS = 200  # rows on a page; those that need attention come first


def _start_import(kind: ImportKind, form: type[ActionForm], label: str, icon: str, **options: Any) -> ActionButton:
    return ActionButton(
        action=Action.IMPORT_START,
        variant=kind.value,
        handler=imports.start,
        extra_kwargs={"kind": kind.value},
        form=form,
        label=label,
        icon=icon,
        success_message="Import started. This page shows its progress.",
        redirect_to=lambda row, started: started,
        **options,
    )


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """Claims sheets, feeds, ninjs and web pages, newest first."""

    detail_template = "editorial/imports/import.html"
    refresh_seconds = 5
    changes_are_logged = False
    list_buttons = (
        _start_import(ImportKind.CLAIMS_SHEET, SheetImportForm, "Import claims", "upload_file", tone="primary"),
        _start_import(ImportKind.FEED, FeedImportForm, "Import a feed", "rss_feed"),
        _start_import(ImportKind.PAGE, PageImportForm, "Import a web page", "language"),
    )
    buttons = (
        ActionButton(
            action=Action.IMPORT_CANCEL,
            handler=imports.cancel,
            pk_kwarg="import_id",
            label="Cancel import",
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
        columns.time_since("started_at", "Started"),
    )
    list_filter = ("kind", "state", "desk")
    select_related = ("desk", "started_by", "outlet", "scheduled_import")
    detail_fields = (
        "desk",
        "kind",
        "url",
        "outlet",
        "scheduled_import",
        "read_as",
        "started_by",
        "started_at",
        "ended_at",
    )

    def get_page_context(self, request: HttpRequest, row: Import) -> dict[str, Any]:
        """The progress, the rows that need attention, the other rows, and the audit log."""
        rows = row.rows.select_related("claim").prefetch_related(
            Prefetch("story", Story.objects.visible_to(request_user.actor_facts(request)))  # others have moved
        )
        refused = list(rows.filter(state=RowState.REFUSED.value)[:_MAX_ROWS])
        others = list(rows.exclude(state=RowState.REFUSED.value)[:_MAX_ROWS])
        return {
            "detail_rows": self.detail_rows(row),
            "counts": [(state.label, getattr(row, state.value)) for state in RowState if state is not RowState.WAITING],
            "refused": refused,
            "others": others,
            "unlisted_count": row.row_count - len(refused) - len(others),
            "events": history.entries_for(row, request_user.actor_facts(request)),
        }
