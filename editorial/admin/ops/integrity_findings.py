"""Discrepancies: what did not fit together, and what was done about it. To be read; they repair or close themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns
from editorial.admin.framework.filters import Fits
from editorial.admin.framework.read_only_admin import Page
from editorial.models import Discrepancy
from editorial.policy.access import Role
from editorial.workflow.ops import integrity

_SAYS = {invariant.name: invariant.says for invariant in integrity.INVARIANTS}


@admin.display(description="What does not hold", ordering="invariant")
def says(row: Discrepancy) -> str:
    """The invariant, as a sentence."""
    return _SAYS.get(row.invariant, row.invariant)


@admin.register(Discrepancy)
class DiscrepancyAdmin(Page):
    """The newest first; what was gone before anybody acted on it is left out."""

    only_for = Role.ADMIN
    list_display = (
        says,
        "subject",
        columns.since("found_at", "Found"),
        "repairs",
        columns.since("told_at", "Told"),
        columns.since("gone_at", "Gone"),
    )
    list_filter = (Fits, "invariant")
    search_fields = ("subject",)
    ordering = ("-id",)
    shown = ("holds", "subject", "found_at", "repairs", "acted_at", "told_at", "gone_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What somebody or something acted on."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(acted_at__isnull=False)

    def title(self, row: Discrepancy) -> str:
        """What does not hold."""
        return says(row)

    @admin.display(description="What does not hold")
    def holds(self, row: Discrepancy) -> str:
        """The invariant, as a sentence."""
        return says(row)
