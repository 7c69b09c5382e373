"""Webhooks: external endpoints that receive a desk's events, and the result of each delivery."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from editorial.admin.framework import columns, request_user
from editorial.admin.framework.action_buttons import ActionButton
from editorial.admin.framework.action_forms import ActionForm, DeskActionForm, PageVersionForm, VersionedActionForm
from editorial.admin.framework.fields import MultipleChoiceField, TextField
from editorial.admin.framework.read_only_admin import ReadOnlyAdmin
from editorial.admin.framework.tags import badge
from editorial.models import WebhookEndpoint
from editorial.policy.access import Decision
from editorial.policy.actions import Action
from editorial.policy.events import RULES, WEBHOOK_EVENTS
from editorial.workflow.ops import webhooks


class _EventTypesForm(ActionForm):
    event_types = MultipleChoiceField(
        "Types of event",
        choices=[(name, f"{name} – {RULES[name].sentence}") for name in sorted(WEBHOOK_EVENTS)],
        required=False,
        help_text="Choose none to receive all.",
    )


class WebhookCreateForm(_EventTypesForm, DeskActionForm):
    action = Action.WEBHOOK_ADD
    advanced_fields = ("event_types",)

    url = TextField("URL", max_length=500, help_text="Must begin with https:// and be publicly reachable.")

    field_order = ("url", "desk_id", "event_types")


class WebhookUpdateForm(VersionedActionForm, _EventTypesForm):
    @classmethod
    def initial_for_row(cls, row: WebhookEndpoint) -> dict[str, Any]:
        return super().initial_for_row(row) | {"event_types": row.event_types}


_button = partial(ActionButton, pk_kwarg="endpoint_id", available=lambda row: Decision(row.active))


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
            help_text="Events of a desk, of the types that you choose or of all, are sent to the URL. The "
            "signing secret is shown once.",
            tone="primary",
            result_template=_SECRET_TEMPLATE,
        ),
    )
    buttons = (
        _button(
            action=Action.WEBHOOK_RESUME,
            handler=webhooks.resume,
            form=PageVersionForm,
            label="Resume",
            icon="play_circle",
            tone="primary",
            success_message="Resumed.",
            available=lambda row: Decision(row.paused_at is not None),
        ),
        _button(
            action=Action.WEBHOOK_PING,
            handler=webhooks.ping,
            label="Send a ping",
            icon="network_ping",
            one_click=True,
            help_text="A signed test delivery of type webhook.ping.",
            success_message="Sent. Its result is under Recent deliveries within seconds.",
        ),
        _button(
            action=Action.WEBHOOK_REVISE,
            handler=webhooks.revise,
            form=WebhookUpdateForm,
            label="Choose events",
            icon="checklist",
            success_message="Changed.",
        ),
        _button(
            action=Action.WEBHOOK_ROTATE,
            handler=webhooks.rotate,
            form=PageVersionForm,
            label="Rotate secret",
            help_text="For a day, deliveries are also signed with the old secret, so that the receiver can switch. "
            "If the old secret leaked, disable the webhook and add a new one.",
            icon="autorenew",
            result_template=_SECRET_TEMPLATE,
        ),
        _button(
            action=Action.WEBHOOK_DISABLE,
            handler=webhooks.disable,
            form=PageVersionForm,
            label="Disable",
            icon="stop_circle",
            tone="danger",
            success_message="Disabled. To resume, add the webhook again.",
        ),
    )
    list_display = (
        "address", "desk", "state", columns.user_name("added_by", "Added by"), columns.time_since("added_at", "Added"),
    )  # fmt: skip
    list_filter = ("active", "desk")
    detail_fields = (
        "address", "desk", "state", "paused_at", "events", "added_by", "added_at", "previous_secret_expires",
    )  # fmt: skip

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
        if row.paused_at:
            return badge("refuted", "paused")
        return badge("verified", "active") if row.active else badge("withdrawn", "disabled")

    @admin.display(description="Types of event")
    def events(self, row: WebhookEndpoint) -> str:
        return ", ".join(row.event_types) or "all"

    def get_page_context(self, request: HttpRequest, row: WebhookEndpoint) -> dict[str, Any]:
        deliveries = row.deliveries.select_related("event").order_by("-id")[:_MAX_DELIVERIES]
        return super().get_page_context(request, row) | {"deliveries": deliveries}
