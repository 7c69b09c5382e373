"""Imports: what came in, how far it is, and what became of each row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns, history
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.imports import import_forms as forms
from editorial.models import Import
from editorial.policy.access import Decision, Verb
from editorial.policy.imports import UNDER_WAY, ImportKind, RowState
from editorial.workflow.imports import imports

_MOST = 200  # rows on a page: those that need somebody first


def _begins(kind: ImportKind, form: Any, label: str, icon: str, **more: Any) -> VerbButton:
    return VerbButton(
        verb=Verb.IMPORT_BEGIN,
        variant=kind.value,
        call=imports.begin,
        fixed={"kind": kind.value},
        form=form,
        label=label,
        icon=icon,
        done="It is being filed. This page tells how far it is.",
        lands=lambda row, begun: begun,
        **more,
    )


@admin.register(Import)
class ImportAdmin(Page):
    """Claims sheets, feeds, ninjs and pages, newest first."""

    page_template = "editorial/imports/import.html"
    list_buttons = (
        _begins(ImportKind.CLAIMS_SHEET, forms.Sheet, "Import claims", "upload_file", tone="primary"),
        _begins(ImportKind.FEED, forms.Feed, "Import a feed", "rss_feed"),
        _begins(ImportKind.PAGE, forms.Page, "Import a page", "language"),
    )
    buttons = (
        VerbButton(
            verb=Verb.IMPORT_STOP,
            call=imports.stop,
            row_as="import_id",
            label="Stop",
            icon="stop_circle",
            tone="danger",
            done="Stopped. What was on file by then stays there.",
            stands=lambda row: Decision(row.state in UNDER_WAY),
        ),
    )
    list_display = (
        "__str__",
        columns.word("state", "State"),
        "desk",
        "rows_in_all",
        "filed",
        "refused",
        columns.person("begun_by", "Begun by"),
        columns.since("begun_at", "Begun"),
    )
    list_filter = ("kind", "state", "desk")
    list_select_related = ("desk", "begun_by")
    shown = ("desk", "kind", "url", "outlet", "read_as", "begun_by", "begun_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what its page names."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("desk", "begun_by", "outlet")

    def fill(self, request: HttpRequest, row: Import) -> dict[str, Any]:
        """How far it is, the rows that need somebody, then the others, and the record."""
        rows = row.rows.select_related("claim", "story")
        refused = list(rows.filter(state=RowState.REFUSED.value)[:_MOST])
        others = list(rows.exclude(state=RowState.REFUSED.value)[:_MOST])
        return {
            "facts": self.facts(row),
            "counts": [(state.label, getattr(row, state.value)) for state in RowState if state is not RowState.WAITING],
            "refused": refused,
            "others": others,
            "left_out": row.rows_in_all - len(refused) - len(others),
            "events": history.of(row),
        }
