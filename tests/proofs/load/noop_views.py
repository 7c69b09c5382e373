"""A no-op view, once without and once with authentication by token, as every API view has."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class NoopView(APIView):
    """An empty response."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []

    def get(self, request: Request) -> Response:
        return Response({})


class AuthenticatedNoopView(APIView):
    """An empty response, for an authenticated user."""

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [path("nothing", NoopView.as_view()), path("nothing-for-somebody", AuthenticatedNoopView.as_view())]
