"""API of webhooks: external URLs that receive a desk's events, signed, and their deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, read_endpoint, result_endpoint, update_endpoint
from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, read_only_list
from editorial.api.framework.filtering import FlagFilter, ListFilterSet
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.api.ops.webhook_deliveries import WebhookDeliverySerializer
from editorial.models import Delivery, WebhookEndpoint
from editorial.policy.events import RULES, WEBHOOK_EVENTS
from editorial.workflow.ops import webhooks

_MAX_DELIVERIES = 50
_PAUSED = Q(paused_at__isnull=False)
_EVENT_TYPES = [(name, RULES[name].sentence) for name in sorted(WEBHOOK_EVENTS)]


class WebhookUpdateSerializer(InputSerializer):
    """The choice of events."""

    event_types = ListField(
        child=EnumField(_EVENT_TYPES), max_length=len(_EVENT_TYPES), required=False,
        help_text="The types of event that it receives; empty: all that webhooks carry.",
    )  # fmt: skip


class WebhookCreateSerializer(WebhookUpdateSerializer):
    """A webhook for a desk's events."""

    desk = IdField(source="desk_id", help_text="The desk.")
    url = TextField(max_length=500, help_text="A public URL that begins with https://.")


class WebhookSerializer(OutputSerializer):
    """An external URL that receives a desk's events."""

    added_by = UserRefField(help_text="The user who added it.")
    event_types = read_only_list(
        serializers.CharField(), help_text="The types of event that it receives; empty: all that webhooks carry."
    )
    select_related = ("added_by",)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id", "desk", "url", "event_types", "active", "paused_at", "added_by", "added_at",
            "previous_secret_expires_at", "version",
        )  # fmt: skip
        help_texts = {
            "id": "The webhook's id.",
            "desk": "The desk whose events it receives.",
            "url": "The URL.",
            "active": "Whether it receives events, unless it is paused.",
            "added_at": "When it was added.",
            "previous_secret_expires_at": "Until when the previous secret also signs deliveries; null if it does not.",
        }


class WebhookWithSecretSerializer(WebhookSerializer):
    """A webhook and its signing secret, which is shown only once."""

    secret = serializers.SerializerMethodField(help_text="The secret that signs each delivery (Standard Webhooks).")

    class Meta(WebhookSerializer.Meta):
        fields = ("secret", *WebhookSerializer.Meta.fields)

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        return str(self.context["secret"])


class WebhookFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Webhooks of this desk.")
    active = filters.BooleanFilter(help_text="Active webhooks (true), or disabled ones (false).")
    paused = FlagFilter(lambda me: _PAUSED, help_text="Paused webhooks (true), or others (false).")


class WebhookViewSet(ResourceViewSet):
    """External URLs that receive a desk's events: ids and codes, never content.

    For administrators. A webhook whose receiver has failed for three days is paused until you resume it. One that you
    disable is enabled by adding the same URL again: its id and delivery history stay, and it gets a new secret.
    """

    pk_kwarg = "endpoint_id"
    output_serializer = WebhookSerializer
    filterset_class = WebhookFilter

    partial_update = update_endpoint(webhooks.revise, WebhookUpdateSerializer)
    disable = action_endpoint(webhooks.disable)
    ping = action_endpoint(webhooks.ping)
    resume = action_endpoint(webhooks.resume)

    def get_visible_queryset(self) -> QuerySet[Any]:
        """Webhooks of desks the caller manages: a URL can contain its receiver's password."""
        return WebhookEndpoint.objects.managed_by(self.caller)

    def run_action(self, workflow_action: Callable[..., Any], *, pk: UUID | None = None, **arguments: Any) -> Any:
        """Run the action; respond with 404 if the caller may not see the webhook."""
        if pk is not None:
            self.get_visible(pk)
        return super().run_action(workflow_action, pk=pk, **arguments)

    @extend_schema(
        operation_id="webhooks_create",
        summary="Add a webhook for a desk",
        request=WebhookCreateSerializer,
        responses={201: WebhookWithSecretSerializer} | error_responses(400, 401, 403, 404, 409, 422),
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a webhook for a desk. The signing secret is shown only once."""
        endpoint, secret = self.run_action(webhooks.add, **self.validated_input(WebhookCreateSerializer))
        return self._secret_response(endpoint, secret, status=201)

    @result_endpoint(webhooks.rotate, output_serializer=WebhookWithSecretSerializer)
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Respond with the new secret, shown only once."""
        return self._secret_response(*self.run_action(webhooks.rotate, pk=pk))

    @read_endpoint(WebhookDeliverySerializer(many=True))  # type: ignore[arg-type]
    def deliveries(self, request: Request, pk: UUID) -> Response:
        """List the last fifty deliveries to this URL with their results."""
        deliveries = Delivery.objects.filter(endpoint=self.get_visible(pk)).select_related("event")
        rows = deliveries.order_by("-id")[:_MAX_DELIVERIES]
        return Response(WebhookDeliverySerializer(rows, many=True, context=self.get_serializer_context()).data)

    def _secret_response(self, endpoint: WebhookEndpoint, secret: str, *, status: int = 200) -> Response:
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(WebhookWithSecretSerializer(endpoint, context=context).data, status=status)
