"""API of subscriptions: what the caller follows. Mandatory notifications need no subscription."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import create_endpoint
from editorial.api.framework.fields import IdField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Subscription
from editorial.workflow.people import subscriptions


class SubscriptionCreateSerializer(InputSerializer):
    """A desk, a claim or a story to follow."""

    desk = IdField(source="desk_id", required=False, help_text="Follow everything at this desk.")
    claim = IdField(source="claim_id", required=False, help_text="Follow this claim.")
    story = IdField(source="story_id", required=False, help_text="Follow this story and the claims it uses.")
    by_mail = serializers.BooleanField(required=False, help_text="Also by email; true by default.")


class SubscriptionSerializer(OutputSerializer):
    """A subscription of yours."""

    class Meta:
        model = Subscription
        fields = ("id", "desk", "claim", "story", "by_mail")
        help_texts = {
            "desk": "The followed desk, if any.",
            "claim": "The followed claim, if any.",
            "story": "The followed story, if any.",
        }


class SubscriptionFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="The subscription to this desk.")
    claim = filters.UUIDFilter(help_text="The subscription to this claim.")
    story = filters.UUIDFilter(help_text="The subscription to this story.")


class SubscriptionViewSet(ResourceViewSet):
    """What you follow. Following again only changes whether you get email; nobody sees what another person follows."""

    output_serializer = SubscriptionSerializer
    filterset_class = SubscriptionFilter

    create = create_endpoint(subscriptions.follow, SubscriptionCreateSerializer)

    def get_visible_queryset(self) -> QuerySet[Any]:
        return Subscription.objects.filter(user=self.request.user.pk)

    @extend_schema(
        operation_id="subscriptions_destroy",
        summary="Unfollow",
        request=None,
        responses={204: OpenApiResponse(description="Unfollowed.")} | error_responses(401, 403, 404),
    )
    @idempotent
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Stop following. Mandatory notifications still arrive."""
        row = self.get_visible(pk)
        self.run_action(subscriptions.unfollow, desk_id=row.desk_id, claim_id=row.claim_id, story_id=row.story_id)
        return Response(status=204)
