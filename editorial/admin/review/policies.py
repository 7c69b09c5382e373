"""Corroboration policies, to be read: versions are adopted, never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns
from editorial.admin.framework.read_only_admin import Page
from editorial.models import Policy


@admin.register(Policy)
class PolicyAdmin(Page):
    """Every version, the newest first."""

    list_display = ("version", "name", columns.since("in_force_at", "In force"))
    page_template = "editorial/review/policy.html"

    def fill(self, request: HttpRequest, row: Policy) -> dict[str, Any]:
        """What it asks for, risk by risk."""
        rows = list(row.rows.all())
        return {
            "risks": [(rules, [one for one in rows if one.risk == rules.risk]) for rules in row.risks.order_by("id")]
        }
