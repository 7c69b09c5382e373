"""API of saved searches: what the caller wants to be notified about."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import create_endpoint, update_endpoint
from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, TitleField
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import SavedSearch
from editorial.policy.vocabulary import SearchedType
from editorial.workflow.stories import saved_searches


class SavedSearchCreateSerializer(InputSerializer):
    """A search to be notified about."""

    name = TextField(max_length=80, help_text="Its name; notifications show it to you and to nobody else.")
    q = TitleField(help_text="The words, as for `GET /search`. They must not name a confidential source.")
    types = ListField(
        child=EnumField(SearchedType), max_length=len(SearchedType), required=False,
        help_text="The types of object; all by default.",
    )  # fmt: skip
    desk = IdField(source="desk_id", required=False, help_text="Objects of this desk only; statements on its claims.")


class SavedSearchUpdateSerializer(InputSerializer):
    """Changes to a saved search. To change its words, save another."""

    name = TextField(max_length=80, help_text="Its name.")
    muted = serializers.BooleanField(help_text="Whether it notifies of nothing for now.")


class SavedSearchSerializer(OutputSerializer):
    """A saved search of yours."""

    types = serializers.ListField(
        child=EnumField(SearchedType), read_only=True, help_text="The types of object; empty: all."
    )

    class Meta:
        model = SavedSearch
        fields = ("id", "name", "q", "types", "desk", "muted", "version")
        help_texts = {
            "name": "Its name.",
            "desk": "The desk whose objects it finds; null: every desk that you see.",
        }


class SavedSearchViewSet(ResourceViewSet):
    """Searches that notify you of new matches, each object once. Nobody sees what another person searches for."""

    pk_kwarg = "search_id"
    output_serializer = SavedSearchSerializer

    create = create_endpoint(saved_searches.save, SavedSearchCreateSerializer)
    partial_update = update_endpoint(saved_searches.revise, SavedSearchUpdateSerializer)

    @extend_schema(
        operation_id="saved_searches_destroy",
        summary="Delete a saved search",
        request=None,
        responses={204: OpenApiResponse(description="Deleted.")} | error_responses(401, 403, 404, 412),
    )
    @idempotent
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a saved search. It notifies of nothing more."""
        self.run_action(saved_searches.delete, pk=pk)
        return Response(status=204)
