"""Integrity findings: violated checks and what was done about them. Read-only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from editorial.admin.framework import columns
from editorial.admin.framework.filters import ChoiceFilter, IntegrityStateFilter
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.models import IntegrityFinding
from editorial.policy.roles import Role
from editorial.workflow.ops import integrity

_MESSAGES = {check.name: check.message for check in integrity.CHECKS}


class CheckFilter(ChoiceFilter):
    """Findings by check. The choices are all checks: to list those that failed, every finding would be read."""

    title, parameter_name = "violated check", "check_name"
    options = dict(sorted(_MESSAGES.items()))

    def conditions(self, request: HttpRequest) -> Mapping[str, Q]:
        return {name: Q(check_name=name) for name in self.options}


@admin.register(IntegrityFinding)
class IntegrityFindingAdmin(ReadOnlyAdmin):
    """Newest first. Findings that resolved before anyone acted on them are left out."""

    required_role = Role.ADMIN
    list_display = (
        "violated_check",
        "subject",
        columns.time_since("found_at", "Found"),
        "repairs",
        columns.time_since("alerted_at", "Alerted"),
        columns.time_since("resolved_at", "Resolved"),
    )
    list_filter = (IntegrityStateFilter, CheckFilter)
    search_fields = ("subject",)
    detail_fields = ("violated_check", "subject", "found_at", "repairs", "last_action_at", "alerted_at", "resolved_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Findings that were repaired or alerted."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(last_action_at__isnull=False)

    def title(self, row: IntegrityFinding) -> str:
        return self.violated_check(row)

    @admin.display(description="Violated check", ordering="check_name")
    def violated_check(self, row: IntegrityFinding) -> str:
        return _MESSAGES.get(row.check_name, row.check_name)
