"""Webhooks: addresses outside that are told of a desk's events, and what became of each call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import VerbButton
from editorial.admin.framework.read_only_admin import Page
from editorial.admin.framework.tags import badge
from editorial.admin.ops import webhook_forms as forms
from editorial.models import WebhookEndpoint
from editorial.policy.access import Decision, Verb
from editorial.workflow.ops import webhooks

_LAST = 50
_SECRET = "editorial/ops/webhook_secret.html"  # noqa: S105 - a template


@admin.register(WebhookEndpoint)
class WebhookAdmin(Page):
    """For administrators: an address can hold a password of its receiver, so nobody else sees any."""

    page_template = "editorial/ops/webhook.html"
    list_buttons = (
        VerbButton(
            verb=Verb.WEBHOOK_ADD,
            call=webhooks.add,
            form=forms.Add,
            label="Add an address",
            icon="webhook",
            tone="primary",
            shows=_SECRET,
        ),
    )
    buttons = (
        VerbButton(
            verb=Verb.WEBHOOK_ROTATE,
            call=webhooks.rotate,
            row_as="endpoint_id",
            label="New secret",
            about="For a day its calls are signed by the former secret too, so that the receiver can change over. "
            "If the former one has leaked, stop the address and add it again instead.",
            icon="autorenew",
            stands=lambda row: Decision(row.active),
            shows=_SECRET,
        ),
        VerbButton(
            verb=Verb.WEBHOOK_STOP,
            call=webhooks.stop,
            row_as="endpoint_id",
            label="Stop",
            icon="stop_circle",
            tone="danger",
            done="Stopped. It is told nothing more; add the address again to go on.",
            stands=lambda row: Decision(row.active),
        ),
    )
    list_display = (
        "address", "desk", "state", columns.person("added_by", "Added by"), columns.since("added_at", "Added"),
    )  # fmt: skip
    list_filter = ("active", "desk")
    list_select_related = ("desk", "added_by")
    ordering = ("-id",)
    shown = ("address", "desk", "state", "added_by", "added_at", "former_secret_ends")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that this person looks after."""
        return (
            WebhookEndpoint.objects.kept_by(request_user.facts(request))
            .select_related("desk", "added_by")
            .order_by("-id")
        )

    def title(self, row: WebhookEndpoint) -> str:
        """By its desk: an address reads badly above a page."""
        return f"Webhook of the desk {row.desk}"

    @admin.display(description="Address", ordering="url")
    def address(self, row: WebhookEndpoint) -> str:
        """Where it is told."""
        return row.url

    @admin.display(description="Former secret ends")
    def former_secret_ends(self, row: WebhookEndpoint) -> datetime | None:
        """Until when calls are signed by the former secret too."""
        return row.former_until

    @admin.display(description="State")
    def state(self, row: WebhookEndpoint) -> SafeString:
        """Whether it is told anything."""
        return badge("verified", "told") if row.active else badge("withdrawn", "stopped")

    def fill(self, request: HttpRequest, row: WebhookEndpoint) -> dict[str, Any]:
        """With the last calls."""
        calls = row.deliveries.select_related("event").order_by("-id")[:_LAST]
        return super().fill(request, row) | {"calls": calls}
