"""A view that does nothing, once for anybody and once for whoever signs in with a token, as every view of ours asks."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class NoopView(APIView):
    """An empty answer."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []

    def get(self, request: Request) -> Response:
        """Nothing."""
        return Response({})


class AuthenticatedNoopView(APIView):
    """An empty answer, for whoever is known."""

    def get(self, request: Request) -> Response:
        """Nothing."""
        return Response({})


urlpatterns = [path("nothing", NoopView.as_view()), path("nothing-for-somebody", AuthenticatedNoopView.as_view())]
