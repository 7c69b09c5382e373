"""API of webhook deliveries: what was sent, every attempt, and sending one again."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api.framework.endpoints import action_endpoint
from editorial.api.framework.fields import EnumField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import AttemptOutcome, Delivery, DeliveryAttempt, DeliveryState
from editorial.notifications import webhooks
from editorial.workflow.ops import resending


class DeliveryAttemptSerializer(OutputSerializer):
    """One attempt at a delivery."""

    outcome = EnumField(AttemptOutcome, read_only=True, help_text="How it ended; unknown if its worker died.")

    class Meta:
        model = DeliveryAttempt
        fields = ("number", "started_at", "outcome", "error", "status", "milliseconds")


class WebhookDeliverySerializer(OutputSerializer):
    """One delivery to a webhook."""

    webhook = serializers.UUIDField(source="endpoint_id", read_only=True, help_text="The webhook.")
    type = serializers.CharField(source="event.action", read_only=True, help_text="The type of event.")
    select_related: ClassVar[tuple[str, ...]] = ("event",)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "id", "webhook", "event", "type", "state", "attempts", "attempted_at", "settled_at", "error",
        )  # fmt: skip
        help_texts = {
            "id": "The delivery's id, sent as `webhook-id` in every attempt.",
            "event": "The event it delivers.",
            "state": "The state of the delivery.",
        }


class WebhookDeliveryDetailSerializer(WebhookDeliverySerializer):
    """One delivery to a webhook, with its payload and every attempt."""

    payload = serializers.SerializerMethodField(help_text="The body of the request: ids and codes, never content.")
    history = DeliveryAttemptSerializer(many=True, read_only=True, help_text="Every attempt, the first one first.")
    select_related = ("event", "endpoint")
    prefetch_related = ("history",)

    class Meta(WebhookDeliverySerializer.Meta):
        fields = (*WebhookDeliverySerializer.Meta.fields, "payload", "history")

    @extend_schema_field(serializers.DictField())
    def get_payload(self, delivery: Delivery) -> dict[str, Any]:
        endpoint: Any = delivery.endpoint  # which every delivery in this list has
        return webhooks.payload(delivery.event, endpoint.desk_id)


class WebhookDeliveryFilter(ListFilterSet):
    webhook = filters.UUIDFilter(field_name="endpoint", help_text="Deliveries to this webhook.")
    event = filters.UUIDFilter(help_text="Deliveries of this event.")
    state = filters.MultipleChoiceFilter(choices=DeliveryState.choices(), help_text="The state; repeatable.")


class WebhookDeliveryViewSet(ResourceViewSet):
    """What was sent to the webhooks that you manage."""

    pk_kwarg = "delivery_id"
    output_serializer = WebhookDeliveryDetailSerializer
    list_serializer = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter

    resend = action_endpoint(resending.resend_to_webhook, name="resend")
