"""API of chat channels: where the caller, or a desk's room, gets messages by chat or phone."""

from __future__ import annotations

from uuid import UUID

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, create_endpoint
from editorial.api.framework.fields import EnumField, IdField, ListField, TextField, read_only_list
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.idempotency import idempotent
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import ChatChannel
from editorial.policy.roles import NotificationKind
from editorial.workflow.people import chat_channels


class ChatChannelCreateSerializer(InputSerializer):
    """A chat channel of your own, or of a desk."""

    url = TextField(
        max_length=500,
        help_text="The address of one room, person or number, as Apprise writes it. It contains a password and is "
        "never shown again.",
    )
    kinds = ListField(
        child=EnumField(NotificationKind), max_length=len(NotificationKind), required=False,
        help_text="The kinds of notification that it carries; empty: all.",
    )  # fmt: skip
    desk = IdField(source="desk_id", required=False, help_text="The desk, if it is a room of a desk.")


class ChatChannelSerializer(OutputSerializer):
    """Where you, or a desk's room, get messages by chat or phone."""

    kinds = read_only_list(
        EnumField(NotificationKind), help_text="The kinds of notification that it carries; empty: all."
    )
    added_by = UserRefField(help_text="The user who added it.")
    select_related = ("added_by",)

    class Meta:
        model = ChatChannel
        fields = ("id", "desk", "service", "kinds", "added_by", "added_at")
        help_texts = {
            "id": "The chat channel's id.",
            "desk": "The desk whose room it is; null if it is your own.",
        }


class ChatChannelFilter(ListFilterSet):
    desk = filters.UUIDFilter(help_text="Rooms of this desk.")


class ChatChannelViewSet(ResourceViewSet):
    """Chat and phone. Yours get the subject of your email; a desk's get what its editors are notified of, unquoted."""

    pk_kwarg = "channel_id"
    output_serializer = ChatChannelSerializer
    filterset_class = ChatChannelFilter

    create = create_endpoint(chat_channels.add, ChatChannelCreateSerializer)
    send_test = action_endpoint(chat_channels.send_test)

    @extend_schema(
        operation_id="chat_channels_destroy",
        summary="Remove a chat channel",
        request=None,
        responses={204: OpenApiResponse(description="Removed.")} | error_responses(401, 403, 404),
    )
    @idempotent
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Remove a chat channel and erase its URL."""
        self.run_action(chat_channels.remove, pk=pk)
        return Response(status=204)
