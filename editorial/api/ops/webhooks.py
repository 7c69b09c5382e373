"""Webhooks: addresses outside that are told of a desk's events, signed, and what became of each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.fields import IdField, TextField, UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet, action_endpoint, read_endpoint, result_endpoint
from editorial.api.openapi.schema import error_responses
from editorial.models import Delivery, WebhookEndpoint
from editorial.workflow.ops import webhooks

_MAX_DELIVERIES = 50


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A receiver", {"desk": "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10", "url": "https://desk.example/newsroom"}
        )
    ]
)
class WebhookCreateSerializer(InputSerializer):
    """Where a desk's events are to be told."""

    desk = IdField(source="desk_id", help_text="The desk.")
    url = TextField(
        max_length=500, help_text="An address that begins with https:// and that the whole world can reach."
    )


class WebhookDeliverySerializer(OutputSerializer):
    """One call to the address."""

    class Meta:
        model = Delivery
        fields = ("id", "event", "state", "attempts", "attempted_at", "settled_at", "error")
        extra_kwargs = {
            "id": {"help_text": "The call's id, which was its `webhook-id` in every attempt."},
            "event": {"help_text": "The event that it told of."},
            "state": {"help_text": "What became of it."},
            "attempts": {"help_text": "How often it was tried."},
            "attempted_at": {"help_text": "When it was tried last."},
            "settled_at": {"help_text": "When it was taken, or given up."},
            "error": {"help_text": "What went wrong last, such as HTTP_503; empty if nothing did."},
        }


class WebhookSerializer(OutputSerializer):
    """An address that is told of a desk's events."""

    added_by = UserRefField(help_text="Who added it.")
    select_related = ("added_by",)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ("id", "desk", "url", "active", "added_by", "added_at", "previous_secret_expires_at")
        extra_kwargs = {
            "id": {"help_text": "The webhook's id."},
            "desk": {"help_text": "The desk whose events it is told of."},
            "url": {"help_text": "The address."},
            "active": {"help_text": "Whether it is told anything at present."},
            "added_at": {"help_text": "When it was added."},
            "previous_secret_expires_at": {
                "help_text": "Until when calls are signed by the former secret too; null if by none."
            },
        }


class WebhookWithSecretSerializer(WebhookSerializer):
    """A webhook and its signing secret, which is shown this once."""

    secret = serializers.SerializerMethodField(help_text="By which each call is signed (Standard Webhooks).")

    class Meta(WebhookSerializer.Meta):
        fields = ("secret", *WebhookSerializer.Meta.fields)

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        """The secret."""
        return str(self.context["secret"])


class WebhookFilter(filters.FilterSet):
    """Which webhooks to list."""

    desk = filters.UUIDFilter(field_name="desk", help_text="Those of this desk.")
    active = filters.BooleanFilter(help_text="Those that are told of events, or those that were stopped.")


class WebhookViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """Addresses that are told what happens at a desk: ids and codes, never what anything says.

    For administrators. To pause one, stop it; to start it again add the same address: its id and what was delivered to
    it stay, its secret is a new one.
    """

    pk_kwarg = "endpoint_id"
    output_serializer = WebhookSerializer
    filterset_class = WebhookFilter

    disable = action_endpoint(webhooks.disable)

    def get_visible_queryset(self) -> QuerySet[Any]:
        """Those of desks at which the caller may add one: an address can hold a password of its receiver."""
        return WebhookEndpoint.objects.managed_by(self.caller)

    def run_action(self, handler: Callable[..., Any], *, pk: UUID | None = None, **arguments: Any) -> Any:
        """Carry out a verb; to whoever may not see the address it is not there."""
        if pk is not None:
            self.get_visible(pk)
        return super().run_action(handler, pk=pk, **arguments)

    @extend_schema(
        operation_id="webhooks_create",
        summary="Have an address told of a desk's events",
        request=WebhookCreateSerializer,
        responses={201: WebhookWithSecretSerializer} | error_responses(400, 401, 403, 404, 409, 422),
    )
    def create(self, request: Request) -> Response:
        """Have an address told of a desk's events. The signing secret is shown this once."""
        endpoint, secret = self.run_action(webhooks.add, **self.validated_input(WebhookCreateSerializer))
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(WebhookWithSecretSerializer(endpoint, context=context).data, status=201)

    @result_endpoint(webhooks.rotate, output_serializer=WebhookWithSecretSerializer)
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Show the new secret, this once."""
        endpoint, secret = self.run_action(webhooks.rotate, pk=pk)
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(WebhookWithSecretSerializer(endpoint, context=context).data)

    @read_endpoint(WebhookDeliverySerializer(many=True))  # type: ignore[arg-type]
    def deliveries(self, request: Request, pk: UUID) -> Response:
        """Show the last fifty calls to this address, and what became of each."""
        rows = Delivery.objects.filter(endpoint=self.get_visible(pk)).order_by("-id")[:_MAX_DELIVERIES]
        return Response(WebhookDeliverySerializer(rows, many=True, context=self.get_serializer_context()).data)
