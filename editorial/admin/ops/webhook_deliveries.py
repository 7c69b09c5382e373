"""Webhook deliveries: what was sent to a webhook, every attempt, and sending it again."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from editorial.admin.framework import columns
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.models import Delivery
from editorial.notifications import webhooks
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.workflow.ops import resending


def _is_settled(row: Delivery) -> Decision:
    return Decision(row.settled_at is not None or row.state == "failed")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Deliveries to the webhooks that the user manages. Emails are in the notification log."""

    detail_template = "editorial/ops/delivery.html"
    buttons = (
        ActionButton(
            action=Action.WEBHOOK_RESEND,
            handler=resending.resend_to_webhook,
            pk_kwarg="delivery_id",
            label="Send again",
            icon="replay",
            success_message="It is being sent again, under the same id.",
            available=_is_settled,
        ),
    )
    list_display = (
        "type", "webhook", "outcome", "attempts", "error", columns.time_since("attempted_at", "Last attempt"),
    )  # fmt: skip
    list_filter = ("state",)
    select_related = ("event", "endpoint__desk")
    detail_fields = ("id", "type", "webhook", "outcome", "attempted_at", "settled_at", "error")

    def title(self, row: Delivery) -> str:
        return f"Delivery of {row.event.action}"

    @admin.display(description="Type of event", ordering="id")
    def type(self, row: Delivery) -> str:
        return row.event.action

    @admin.display(description="Webhook of")
    def webhook(self, row: Delivery) -> str:
        return str(row.endpoint.desk) if row.endpoint else ""

    @admin.display(description="State", ordering="state")
    def outcome(self, row: Delivery) -> SafeString:
        return badge(row.state)

    def get_page_context(self, request: HttpRequest, row: Delivery) -> dict[str, Any]:
        """The attempts, and what is sent."""
        payload = webhooks.payload(row.event, row.endpoint.desk_id) if row.endpoint else {}
        return super().get_page_context(request, row) | {
            "attempts": row.history.all(),
            "payload": json.dumps(payload, indent=2, sort_keys=True),
        }
