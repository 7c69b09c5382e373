"""The audit log: who did what, when and why. Read-only."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, history, request_user
from editorial.admin.framework.filters import EventActionFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import Event
from editorial.workflow.evidence.confidentiality import disclosure
from editorial.workflow.evidence.confidentiality.redaction import Redaction


@admin.display(description="What", ordering="action")
def event_summary(row: Event) -> SafeString:
    entry = history.entry_for(row, row.data)
    return format_html("<b>{}</b> {} <span class=nr-muted>{}</span>", entry.actor_name, entry.sentence, entry.details)


@admin.display(description="Object", ordering="stream")
def object_kind(row: Event) -> str:
    return row.stream.split(":", 1)[0]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = (event_summary, object_kind, "desk", columns.time_since("at", "When"))
    list_filter = (EventActionFilter, "desk")
    select_related = ("actor", "desk")
    search_fields = ("stream",)
    detail_fields = ("summary", "stream", "number", "action", "at", "desk", "reason", "previous", "hash")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Events at the user's desks; for roles at all desks, every event."""
        actor = request_user.actor_facts(request)
        rows: Any = super().get_queryset(request)
        rows = rows.disclosed_to(actor)
        if any(desk is None for _, desk in actor.memberships):
            return rows
        return rows.filter(desk__in=[desk for _, desk in actor.memberships])

    def search_condition(self, field: str, word: str) -> Q:
        """Events of the object with this id, or this name of its stream such as claim:0198…."""
        models = apps.get_app_config("editorial").get_models()
        return Q(stream__in=[word, *(f"{model._meta.model_name}:{word}" for model in models)])

    def title(self, row: Event) -> str:
        entry = history.entry_for(row, row.data)
        return f"{entry.actor_name} {entry.sentence}"

    def get_page_context(self, request: HttpRequest, row: Event) -> dict[str, Any]:
        """The event and, for those who may verify it, its place in the hash chain."""
        complete = disclosure.may_verify_chains(request_user.actor_facts(request))
        return {"detail_rows": self.detail_rows(row, without=() if complete else disclosure.CHAIN_FIELDS), "events": []}

    @admin.display(description="Event")
    def summary(self, row: Event) -> str:
        return f"{self.title(row)} {history.entry_for(row, row.data).details}".strip()

    @admin.display(description="Reason")
    def reason(self, row: Event) -> str:
        return history.entry_for(row, Redaction([row], request_user.reader()).data(row)).reason
