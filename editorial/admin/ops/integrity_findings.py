"""Discrepancies: what did not fit together, and what was done about it. To be read; they repair or close themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns
from editorial.admin.framework.filters import IntegrityStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import IntegrityFinding
from editorial.policy.access import Role
from editorial.workflow.ops import integrity

_MESSAGES = {invariant.name: invariant.message for invariant in integrity.CHECKS}


@admin.display(description="Violated check", ordering="check")
def message(row: IntegrityFinding) -> str:
    """The invariant, as a sentence."""
    return _MESSAGES.get(row.check_name, row.check_name)


@admin.register(IntegrityFinding)
class IntegrityFindingAdmin(ReadOnlyAdmin):
    """The newest first; what was gone before anybody acted on it is left out."""

    required_role = Role.ADMIN
    list_display = (
        message,
        "subject",
        columns.time_since("found_at", "Found"),
        "repairs",
        columns.time_since("alerted_at", "Told"),
        columns.time_since("resolved_at", "Resolved"),
    )
    list_filter = (IntegrityStateFilter, "check")
    search_fields = ("subject",)
    ordering = ("-id",)
    detail_fields = ("violated_check", "subject", "found_at", "repairs", "last_action_at", "alerted_at", "resolved_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What somebody or something acted on."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(last_action_at__isnull=False)

    def title(self, row: IntegrityFinding) -> str:
        """What does not hold."""
        return message(row)

    @admin.display(description="Violated check")
    def violated_check(self, row: IntegrityFinding) -> str:
        """The invariant, as a sentence."""
        return message(row)
