"""API of the caller's notifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import result_endpoint
from editorial.api.framework.fields import TimestampField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import ObjectRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Notification, db_clock
from editorial.notifications import notices
from editorial.workflow.core.actions import require_valid_times


class NotificationSerializer(OutputSerializer):
    """A notification to the caller."""

    object = ObjectRefField(source="event.stream")
    select_related = ("event",)

    class Meta:
        model = Notification
        fields = (
            "id", "event", "object", "subject", "body", "thread", "bundle", "created_at", "read_at", "retired_at",
        )  # fmt: skip
        help_texts = {
            "event": "The event it is about.",
            "subject": "The subject line.",
            "body": "The full text.",
            "thread": "An opaque key: notifications with the same key belong together.",
            "bundle": "The more important notification that heads its bundle; null if it heads one.",
            "created_at": "When it was created.",
            "retired_at": "When somebody did what it asks for; null if it is still to be done.",
            "read_at": "When it was read; null if unread.",
        }


class NotificationReadAllSerializer(InputSerializer):
    """Which notifications to mark as read. Without `until`, all."""

    until = TimestampField(
        required=False, help_text="Only those created until then, such as the `created_at` of the newest one shown."
    )


class NotificationReadAllResultSerializer(serializers.Serializer[Any]):
    """What was marked as read."""

    marked = serializers.IntegerField(help_text="The number of notifications that were unread.")


class NotificationFilter(ListFilterSet):
    unread = filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", help_text="Unread notifications (true), or read ones (false)."
    )

    heads = filters.BooleanFilter(
        field_name="bundle",
        lookup_expr="isnull",
        help_text="Notifications that head a bundle (true), or those that others head (false).",
    )


class NotificationViewSet(ResourceViewSet):
    """Your notifications. Nobody else can see them."""

    output_serializer = NotificationSerializer
    filterset_class = NotificationFilter

    def get_visible_queryset(self) -> QuerySet[Any]:
        return Notification.objects.filter(user=self.request.user.pk)

    @result_endpoint(
        notices.mark_all_read,
        NotificationReadAllSerializer,
        output_serializer=NotificationReadAllResultSerializer,
        on_collection=True,
    )
    def read_all(self, request: Request) -> Response:
        """Respond with the number of notifications that were unread."""
        data = self.validated_input(NotificationReadAllSerializer)
        require_valid_times(until=data.get("until"))
        count = notices.mark_all_read(**data, user=self.user, now=db_clock.now())
        return Response({"marked": count})

    @result_endpoint(notices.mark_read, output_serializer=NotificationSerializer)
    def read(self, request: Request, pk: UUID) -> Response:
        """Respond with the notification."""
        self.get_visible(pk)
        notices.mark_read(notification_id=pk, user=self.user, now=db_clock.now())
        return self.row_response(pk)
