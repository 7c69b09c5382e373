"""Webhooks: external endpoints that receive a desk's events, and the result of each delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import DeskActionForm
from editorial.admin.framework.fields import TextField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.models import WebhookEndpoint
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.workflow.ops import webhooks


class WebhookCreateForm(DeskActionForm):
    action = Action.WEBHOOK_ADD

    url = TextField("URL", max_length=500, help_text="Must begin with https:// and be publicly reachable.")


_MAX_DELIVERIES = 50
_SECRET_TEMPLATE = "editorial/ops/webhook_secret.html"  # noqa: S105 - a template


@admin.register(WebhookEndpoint)
class WebhookAdmin(ReadOnlyAdmin):
    """For administrators only: the URL may contain a password of the receiver."""

    detail_template = "editorial/ops/webhook.html"
    list_buttons = (
        ActionButton(
            action=Action.WEBHOOK_ADD,
            handler=webhooks.add,
            form=WebhookCreateForm,
            label="Add webhook",
            icon="webhook",
            tone="primary",
            result_template=_SECRET_TEMPLATE,
        ),
    )
    buttons = (
        ActionButton(
            action=Action.WEBHOOK_ROTATE,
            handler=webhooks.rotate,
            pk_kwarg="endpoint_id",
            label="Rotate secret",
            help_text="For a day, deliveries are also signed with the old secret, so that the receiver can switch. "
            "If the old secret leaked, disable the webhook and add a new one.",
            icon="autorenew",
            available=lambda row: Decision(row.active),
            result_template=_SECRET_TEMPLATE,
        ),
        ActionButton(
            action=Action.WEBHOOK_DISABLE,
            handler=webhooks.disable,
            pk_kwarg="endpoint_id",
            label="Disable",
            icon="stop_circle",
            tone="danger",
            success_message="Disabled. To resume, add the webhook again.",
            available=lambda row: Decision(row.active),
        ),
    )
    list_display = (
        "address", "desk", "state", columns.user_name("added_by", "Added by"), columns.time_since("added_at", "Added"),
    )  # fmt: skip
    list_filter = ("active", "desk")
    detail_fields = ("address", "desk", "state", "added_by", "added_at", "previous_secret_expires")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The webhooks of the user's desks."""
        return (
            WebhookEndpoint.objects.managed_by(request_user.actor_facts(request))
            .select_related("desk", "added_by")
            .order_by("-id")
        )

    def title(self, row: WebhookEndpoint) -> str:
        """By its desk: a URL makes a poor title."""
        return f"Webhook of the {row.desk} desk"

    @admin.display(description="URL", ordering="url")
    def address(self, row: WebhookEndpoint) -> str:
        return row.url

    @admin.display(description="Previous secret expires")
    def previous_secret_expires(self, row: WebhookEndpoint) -> datetime | None:
        """Until when deliveries are also signed with the previous secret."""
        return row.previous_secret_expires_at

    @admin.display(description="State")
    def state(self, row: WebhookEndpoint) -> SafeString:
        return badge("verified", "active") if row.active else badge("withdrawn", "disabled")

    def get_page_context(self, request: HttpRequest, row: WebhookEndpoint) -> dict[str, Any]:
        deliveries = row.deliveries.select_related("event").order_by("-id")[:_MAX_DELIVERIES]
        return super().get_page_context(request, row) | {"deliveries": deliveries}
