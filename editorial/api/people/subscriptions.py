"""Subscriptions: what the caller chose to hear of. What one must hear of as a duty comes without any."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.fields import IdField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet, create_endpoint
from editorial.api.openapi.schema import error_responses
from editorial.models import Subscription
from editorial.workflow.people import subscriptions


@extend_schema_serializer(examples=[OpenApiExample("A story", {"story": "019f7c55-6f0a-7d33-9d3e-5a4a1c9b2e10"})])
class SubscriptionCreateSerializer(InputSerializer):
    """One thing to hear of: a desk, a claim or a story."""

    desk = IdField(source="desk_id", required=False, help_text="Everything of this desk.")
    claim = IdField(source="claim_id", required=False, help_text="This claim.")
    story = IdField(source="story_id", required=False, help_text="This story, and the claims that it uses.")
    by_mail = serializers.BooleanField(required=False, help_text="By mail too; yes, unless stated.")


class SubscriptionSerializer(OutputSerializer):
    """One thing that you hear of."""

    class Meta:
        model = Subscription
        fields = ("id", "desk", "claim", "story", "by_mail")
        extra_kwargs = {
            "id": {"help_text": "The subscription's id."},
            "desk": {"help_text": "The desk, if it is one."},
            "claim": {"help_text": "The claim, if it is one."},
            "story": {"help_text": "The story, if it is one."},
        }


class SubscriptionFilter(filters.FilterSet):
    """Which subscriptions to list."""

    desk = filters.UUIDFilter(field_name="desk", help_text="The one to this desk.")
    claim = filters.UUIDFilter(field_name="claim", help_text="The one to this claim.")
    story = filters.UUIDFilter(field_name="story", help_text="The one to this story.")


class SubscriptionViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """What you follow. Following again changes only how you are told; nobody sees what another follows."""

    output_serializer = SubscriptionSerializer
    filterset_class = SubscriptionFilter

    create = create_endpoint(subscriptions.follow, SubscriptionCreateSerializer)

    def get_visible_queryset(self) -> QuerySet[Any]:
        """The caller's own."""
        return Subscription.objects.filter(user=self.request.user.pk)

    @extend_schema(
        operation_id="subscriptions_destroy",
        summary="Follow something no longer",
        request=None,
        responses={204: OpenApiResponse(description="Unfollowed.")} | error_responses(401, 404),
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Follow it no longer. What you must hear of as a duty still comes."""
        row = self.get_visible(pk)
        self.run_action(subscriptions.unfollow, desk_id=row.desk_id, claim_id=row.claim_id, story_id=row.story_id)
        return Response(status=204)
