"""Notifications: what the caller was told, and that it has been read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet, result_endpoint
from editorial.models import Notification, db_clock
from editorial.notifications import notices


class NotificationSerializer(OutputSerializer):
    """One thing that the caller was told."""

    class Meta:
        model = Notification
        fields = ("id", "event", "subject", "body", "path", "created_at", "read_at")
        extra_kwargs = {
            "id": {"help_text": "The notification's id."},
            "event": {"help_text": "The event it tells of."},
            "subject": {"help_text": "In one line."},
            "body": {"help_text": "In full."},
            "created_at": {"help_text": "When it was told."},
            "read_at": {"help_text": "When it was read; null if it was not."},
        }


class NotificationFilter(filters.FilterSet):
    """Which notifications to list."""

    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", help_text="Only what was not read.")


class NotificationViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """What you were told. Nobody sees another's."""

    output_serializer = NotificationSerializer
    filterset_class = NotificationFilter

    def get_visible_queryset(self) -> QuerySet[Any]:
        """The caller's own."""
        return Notification.objects.filter(user=self.request.user.pk)

    @result_endpoint(notices.mark_read, output_serializer=NotificationSerializer)
    def read(self, request: Request, pk: UUID) -> Response:
        """The notification as it stands then."""
        self.get_visible(pk)
        notices.mark_read(notification_id=pk, user=self.user, now=db_clock.now())
        return self.row_response(pk)
