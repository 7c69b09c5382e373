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

from editorial.api.framework.fields import Id, PersonField, Shown, Stated, Text
from editorial.api.framework.viewsets import Resource, offers, shows, verb
from editorial.api.openapi.schema import refused
from editorial.models import Delivery, WebhookEndpoint
from editorial.workflow.ops import webhooks

_LAST = 50


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A receiver", {"desk": "019f7c52-6f0a-7d33-9d3e-5a4a1c9b2e10", "url": "https://desk.example/newsroom"}
        )
    ]
)
class Address(Stated):
    """Where a desk's events are to be told."""

    desk = Id(source="desk_id", help_text="The desk.")
    url = Text(max_length=500, help_text="An address that begins with https:// and that the whole world can reach.")


class DeliveryShown(Shown):
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


class WebhookShown(Shown):
    """An address that is told of a desk's events."""

    added_by = PersonField(help_text="Who added it.")
    together = ("added_by",)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = ("id", "desk", "url", "active", "added_by", "added_at", "former_until")
        extra_kwargs = {
            "id": {"help_text": "The webhook's id."},
            "desk": {"help_text": "The desk whose events it is told of."},
            "url": {"help_text": "The address."},
            "active": {"help_text": "Whether it is told anything at present."},
            "added_at": {"help_text": "When it was added."},
            "former_until": {"help_text": "Until when calls are signed by the former secret too; null if by none."},
        }


class WebhookAdded(WebhookShown):
    """A webhook and its signing secret, which is shown this once."""

    secret = serializers.SerializerMethodField(help_text="By which each call is signed (Standard Webhooks).")

    class Meta(WebhookShown.Meta):
        fields = ("secret", *WebhookShown.Meta.fields)

    def get_secret(self, endpoint: WebhookEndpoint) -> str:
        """The secret."""
        return str(self.context["secret"])


class WebhookFilter(filters.FilterSet):
    """Which webhooks to list."""

    desk = filters.UUIDFilter(field_name="desk", help_text="Those of this desk.")
    active = filters.BooleanFilter(help_text="Those that are told of events, or those that were stopped.")


class Webhooks(ListModelMixin, RetrieveModelMixin, Resource):
    """Addresses that are told what happens at a desk: ids and codes, never what anything says.

    For administrators. To pause one, stop it; to start it again add the same address: its id and what was delivered to
    it stay, its secret is a new one.
    """

    key = "endpoint_id"
    shown = WebhookShown
    filterset_class = WebhookFilter

    stop = verb(webhooks.stop)

    def visible(self) -> QuerySet[Any]:
        """Those of desks at which the caller may add one: an address can hold a password of its receiver."""
        return WebhookEndpoint.objects.kept_by(self.caller)

    def act(self, verb: Callable[..., Any], *, pk: UUID | None = None, **stated: Any) -> Any:
        """Carry out a verb; to whoever may not see the address it is not there."""
        if pk is not None:
            self.seen(pk)
        return super().act(verb, pk=pk, **stated)

    @extend_schema(
        operation_id="webhooks_add",
        summary="Have an address told of a desk's events",
        request=Address,
        responses={201: WebhookAdded} | refused(400, 401, 403, 404, 409, 422),
    )
    def create(self, request: Request) -> Response:
        """Have an address told of a desk's events. The signing secret is shown this once."""
        endpoint, secret = self.act(webhooks.add, **self.stated(Address))
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(WebhookAdded(endpoint, context=context).data, status=201)

    @offers(webhooks.rotate, answers=WebhookAdded)
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Show the new secret, this once."""
        endpoint, secret = self.act(webhooks.rotate, pk=pk)
        context = {**self.get_serializer_context(), "secret": secret}
        return Response(WebhookAdded(endpoint, context=context).data)

    @shows(DeliveryShown(many=True))  # type: ignore[arg-type]
    def deliveries(self, request: Request, pk: UUID) -> Response:
        """Show the last fifty calls to this address, and what became of each."""
        rows = Delivery.objects.filter(endpoint=self.seen(pk)).order_by("-id")[:_LAST]
        return Response(DeliveryShown(rows, many=True, context=self.get_serializer_context()).data)
