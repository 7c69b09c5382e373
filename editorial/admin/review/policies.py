"""Corroboration policies: versions are adopted, never edited."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import create_button
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.review.policy_forms import PolicyForm
from editorial.models import CorroborationPolicy
from editorial.policy.actions import Action
from editorial.workflow.review import policies


@admin.register(CorroborationPolicy)
class CorroborationPolicyAdmin(ReadOnlyAdmin):
    list_buttons = (
        create_button(
            action=Action.POLICY_ADOPT,
            handler=policies.adopt,
            form=PolicyForm,
            label="Adopt a policy",
            icon="rule",
            success_message="Adopted. Open claims are reassessed when it takes effect.",
        ),
    )
    ordering = ("-version",)
    list_display = ("version", "name", columns.time_since("in_force_at", "In force"))
    detail_template = "editorial/review/policy.html"

    def get_page_context(self, request: HttpRequest, row: CorroborationPolicy) -> dict[str, Any]:
        rows = list(row.rows.all())
        return {
            "risks": [
                (rules, [policy_row for policy_row in rows if policy_row.risk == rules.risk])
                for rules in row.risks.order_by("id")
            ]
        }
