"""API of browser sessions: list and end one's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Session, Token, User, db_clock
from editorial.workflow.people import sessions


class SessionSerializer(OutputSerializer):
    """A browser in which you are signed in."""

    is_current = serializers.BooleanField(read_only=True, help_text="Whether this request was made in it.")

    class Meta:
        model = Session
        fields = ("id", "device", "address", "signed_in_at", "last_used_at", "is_current")
        help_texts = {
            "id": "The session's id, which grants no access.",
            "device": "The browser and its system, as the browser describes them.",
            "address": "The IP address at sign-in, if it was recorded.",
            "signed_in_at": "When you signed in.",
        }


class SessionViewSet(ResourceViewSet):
    """The browsers in which you are signed in. Nobody sees those of another person. For programs, see tokens.

    A token that somebody else issued for you shows none.
    """

    pk_kwarg = "session_id"
    output_serializer = SessionSerializer

    def get_visible_queryset(self) -> QuerySet[Any]:
        user, token = self.request.user, self.request.auth
        if not isinstance(user, User) or (isinstance(token, Token) and token.issued_by_id != user.pk):
            return Session.objects.none()  # its issuer has seen it, and would see where its user is
        return sessions.of(user, now=db_clock.now())

    @extend_schema(
        operation_id="sessions_end",
        summary="End a session",
        request=None,
        responses={204: OpenApiResponse(description="The session is ended.")} | error_responses(401, 403, 404),
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """End a session of yours. Its browser is signed out immediately."""
        self.run_action(sessions.end, pk=pk)
        return Response(status=204)
