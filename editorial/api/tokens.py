"""Tokens: sign in from outside the browser, and out again."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.auth import authenticate
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from knox.views import LoginView, LogoutView
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from editorial.api.bearers import Bearer
from editorial.api.fields import Stated
from editorial.api.resources import Door
from editorial.api.schema import refused
from editorial.workflow.acts import Conflict

log = structlog.get_logger(__name__)


class FewTries(SimpleRateThrottle):
    """Ten tries a minute from one address. Without Redis nobody is counted, and nobody is locked out."""

    scope = "tokens"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count an address."""
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this try is one of the ten."""
        try:
            return super().allow_request(request, view)
        except RedisError:
            log.warning("sign-ins are not counted, because Redis does not answer")
            return True


@extend_schema_serializer(examples=[OpenApiExample("Sign in", {"username": "rosa", "password": "correct horse …"})])
class Credentials(Stated):
    """Who one is, and proof of it."""

    username = serializers.CharField(max_length=150, help_text="The user name.")
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, style={"input_type": "password"}, help_text="The password."
    )


class Token(serializers.Serializer[Any]):
    """A token. It is shown this once; keep it as you would a password."""

    token = serializers.CharField(help_text="Send it as `Authorization: Bearer …`.")
    expiry = serializers.DateTimeField(help_text="When it stops working (UTC); get another before.")


class Tokens(Door, LoginView):
    """Signing in, for programs. A token acts for the person who got it, and may do what that person may."""

    takes_keys = False  # nobody is signed in whose key it could be, and the answer is a secret that is not kept
    authentication_classes: Any = ()
    permission_classes: Any = (AllowAny,)
    throttle_classes = (FewTries,)

    @extend_schema(
        operation_id="tokens_create",
        summary="Get a token",
        auth=[],
        request=Credentials,
        responses={201: Token} | refused(401, 409, 422, 429),
    )
    def post(self, request: Request, format: str | None = None) -> Response:
        """Get a token for a user name and a password. Ten tries a minute from one address."""
        stated = Credentials(data=request.data)
        stated.is_valid(raise_exception=True)
        user = authenticate(request._request, **stated.validated_data)
        if user is None:
            raise AuthenticationFailed(
                ErrorDetail("No active account has this user name and password.", code="wrong_credentials")
            )
        request.user = user
        made: Response = super().post(request, format)
        if made.status_code == 403:
            raise Conflict("You hold as many tokens as one may have. Give one up, or let one expire.", code="TOO_MANY")
        return Response(made.data, status=201, headers={"Cache-Control": "no-store"})

    def get_authenticate_header(self, request: Request) -> str:
        """How to sign in, for whoever failed to."""
        return "Bearer"


class CurrentToken(Door, LogoutView):
    """The token one came with."""

    takes_keys = False  # once it is given up, nobody comes with it again
    http_method_names = ["delete", "options"]
    authentication_classes: Any = (Bearer,)

    @extend_schema(
        operation_id="tokens_give_up",
        summary="Give up this token",
        request=None,
        responses={204: OpenApiResponse(description="It works no longer.")} | refused(401),
    )
    def delete(self, request: Request) -> Response:
        """Give up the token that this request is sent with. It stops working at once."""
        given_up: Response = self.post(request)
        return given_up
