"""Tokens: sign in from outside the browser, and out again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, Throttled
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.authentication import TokenAuthentication
from editorial.api.framework.fields import EnumField, TextField, UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Token, User, db_clock
from editorial.policy.roles import Scope
from editorial.workflow.people import sign_in, tokens
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.sign_in import SignInRefused

_MAX_TTL_SECONDS = 10 * 366 * 24 * 3600  # seconds; the longest that is read as a length of time at all


@extend_schema_serializer(
    examples=[
        OpenApiExample("Sign in for the day", {"username": "rosa", "password": "correct horse …"}),
        OpenApiExample(
            "A token for a plug-in that files",
            {
                "username": "rosa",
                "password": "correct horse …",
                "code": "123456",
                "label": "CMS plug-in",
                "scopes": ["read", "file"],
                "expires_in": 7_776_000,
            },
        ),
    ]
)
class TokenCreateSerializer(InputSerializer):
    """Who one is, proof of it, and what the token is to be good for."""

    username = serializers.CharField(max_length=150, help_text="The user name.")
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, style={"input_type": "password"}, help_text="The password."
    )
    code = TextField(
        max_length=40, required=False,
        help_text="Of an account with a second factor: what its app shows now, or a recovery code.",
    )  # fmt: skip
    label = TextField(max_length=80, required=False, help_text="What it is for, to be known by in the list.")  # type: ignore[assignment]
    scopes = serializers.ListField(
        child=EnumField(Scope), max_length=len(Scope), required=False,
        help_text="What it is to be good for: read, file, review, sign unless named. `manage` only if named.",
    )  # fmt: skip
    expires_in = serializers.IntegerField(
        min_value=1,
        max_value=_MAX_TTL_SECONDS,
        required=False,
        help_text="For how many seconds. Ten hours unless named.",
    )


class TokenSerializer(OutputSerializer):
    """A token by what it is good for. The token itself is shown only when it is issued."""

    scopes = serializers.ListField(child=EnumField(Scope), read_only=True, help_text="What it is good for.")
    expiry = serializers.DateTimeField(source="expires_at", read_only=True, help_text="When it stops working (UTC).")
    issued_by = UserRefField(help_text="Who issued it, and so has seen it.")
    select_related = ("issued_by",)

    class Meta:
        model = Token
        fields = ("id", "label", "scopes", "issued_by", "issued_at", "last_used_at", "expiry", "revoked_at")
        extra_kwargs = {"id": {"help_text": "The token's id, which opens nothing."}}


class TokenWithSecretSerializer(TokenSerializer):
    """A new token. It is shown this once; keep it as you would a password."""

    token = serializers.SerializerMethodField(help_text="Send it as `Authorization: Bearer …`.")

    class Meta(TokenSerializer.Meta):
        fields = ("token", *TokenSerializer.Meta.fields)  # type: ignore[assignment]

    def get_token(self, token: Token) -> str:
        """The words to come with."""
        return str(self.context["secret"])


class TokenViewSet(ListModelMixin, RetrieveModelMixin, ResourceViewSet):
    """Signing in, for programs. A token acts for one person, as far as their roles and its own scopes go.

    A lost one is revoked; it stays in the list, with when it was last used.
    """

    pk_kwarg = "token_id"
    output_serializer = TokenSerializer
    accepts_idempotency_key = (
        False  # who signs in is not known yet, whose key it could be; and the answer is a secret, kept nowhere
    )

    def get_visible_queryset(self) -> QuerySet[Any]:
        """The caller's own."""
        return super().get_visible_queryset().filter(user=self.request.user.pk)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Whoever signs in is not asked who they are by any other way."""
        return [] if self._is_sign_in() else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        """Signing in is for everybody."""
        return [AllowAny() if self._is_sign_in() else IsAuthenticated()]

    def get_authenticate_header(self, request: Request) -> str:
        """How to sign in, for whoever failed to."""
        return "Bearer"

    @extend_schema(
        summary="Get a token",
        auth=[],
        request=TokenCreateSerializer,
        responses={201: TokenWithSecretSerializer} | error_responses(401, 403, 409, 422, 429),
    )
    def create(self, request: Request) -> Response:
        """Get a token for a user name and a password – and a code, where the account has a second factor.

        `SECOND_FACTOR_NEEDED` is told only to whoever gave the right password. Ten failures a minute are taken from
        one address, and ten in a quarter of an hour for one name from addresses that it never came in from.
        """
        asked = self.validated_input(TokenCreateSerializer)
        now = db_clock.now()
        who = {"username": asked["username"], "password": asked["password"], "code": asked.get("code", "").strip()}
        lasts = timedelta(seconds=asked["expires_in"]) if "expires_in" in asked else None
        person = _authenticate(request, who)
        issued = tokens.issue(
            user_id=person.pk, label=asked.get("label", ""), scopes=asked.get("scopes"), ttl=lasts, actor=person,
            now=now,
        )  # fmt: skip
        context = {**self.get_serializer_context(), "secret": issued.secret}
        return Response(
            TokenWithSecretSerializer(issued.token, context=context).data,
            status=201,
            headers={"Cache-Control": "no-store"},
        )

    @extend_schema(
        operation_id="tokens_revoke",
        summary="Revoke a token",
        request=None,
        responses={204: OpenApiResponse(description="It works no longer.")} | error_responses(401, 403, 404, 409),
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Revoke a token of yours. It stops working at once, and stays in the list."""
        self.run_action(tokens.revoke, pk=pk)
        return Response(status=204)

    @extend_schema(
        operation_id="tokens_revoke_current",
        summary="Give up this token",
        request=None,
        responses={204: OpenApiResponse(description="It works no longer.")} | error_responses(401),
    )
    @action(detail=False, methods=["delete"], authentication_classes=(TokenAuthentication,))
    def current(self, request: Request) -> Response:
        """Give up the token that this request is sent with, whatever it is good for. It stops working at once."""
        self.run_action(tokens.revoke_current, pk=request.auth.pk)
        return Response(status=204)

    def _is_sign_in(self) -> bool:
        return getattr(self.request, "method", None) == "POST"


def _authenticate(request: Request, credentials: dict[str, str]) -> User:
    """Whoever these credentials are of. Raises what the error map tells as 401 or 429."""
    address = request.META.get("REMOTE_ADDR") or None
    try:
        return sign_in.sign_in(**credentials, address=address, interface="api", now=db_clock.now())
    except SignInRefused as refusal:
        raise AuthenticationFailed([ErrorDetail(one.text, code=one.code) for one in refusal.reasons]) from None
    except TooManyAttempts as refusal:
        raise Throttled(wait=refusal.wait, detail=str(refusal)) from None
