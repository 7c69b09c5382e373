"""API of tokens: sign in and out without a browser session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, Throttled
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.authentication import TokenAuthentication
from editorial.api.framework.fields import EnumField, ListField, TextField
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import InputSerializer, OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.api.openapi.schema import error_responses
from editorial.models import Token, User, db_clock
from editorial.policy.roles import Scope
from editorial.workflow.people import sign_in, tokens
from editorial.workflow.people.login_throttle import TooManyAttempts
from editorial.workflow.people.sign_in import SignInRefused

_MAX_TTL_SECONDS = 10 * 366 * 24 * 3600  # seconds; a higher number is rejected as malformed


class TokenCreateSerializer(InputSerializer):
    """Credentials, and the token's purpose, scopes and lifetime."""

    username = serializers.CharField(max_length=150, help_text="The username.")
    password = serializers.CharField(
        max_length=1000, trim_whitespace=False, style={"input_type": "password"}, help_text="The password."
    )
    code = TextField(
        max_length=40, required=False,
        help_text="For an account with a second factor: the current code of its app, or a recovery code.",
    )  # fmt: skip
    label = TextField(max_length=80, required=False, help_text="The token's purpose, shown in the list.")  # type: ignore[assignment]
    scopes = ListField(
        child=EnumField(Scope), max_length=len(Scope), required=False,
        help_text="The scopes; by default read, file, review and sign. `manage` must be requested explicitly.",
    )  # fmt: skip
    expires_in = serializers.IntegerField(
        min_value=1,
        max_value=_MAX_TTL_SECONDS,
        required=False,
        help_text="The lifetime in seconds; by default ten hours.",
    )
    replace_oldest = serializers.BooleanField(
        required=False, help_text="If you already have 20 tokens, revoke the one that was used longest ago."
    )


class TokenSerializer(OutputSerializer):
    """A token's metadata. The token itself is shown only when it is issued."""

    scopes = serializers.ListField(child=EnumField(Scope), read_only=True, help_text="The scopes.")
    expiry = serializers.DateTimeField(source="expires_at", read_only=True, help_text="When it expires (UTC).")
    issued_by = UserRefField(help_text="The user who issued it, and so has seen it.")
    select_related = ("issued_by",)

    class Meta:
        model = Token
        fields = ("id", "label", "scopes", "issued_by", "issued_at", "last_used_at", "expiry", "revoked_at")
        help_texts = {"id": "The token's id, which grants no access."}


class TokenWithSecretSerializer(TokenSerializer):
    """A new token. It is shown only once; keep it like a password."""

    token = serializers.SerializerMethodField(help_text="Send it as `Authorization: Bearer …`.")

    class Meta(TokenSerializer.Meta):
        fields = ("token", *TokenSerializer.Meta.fields)  # type: ignore[assignment]

    def get_token(self, token: Token) -> str:
        return str(self.context["secret"])


class TokenViewSet(ResourceViewSet):
    """Sign-in for programs. A token acts for one user, limited by their roles and its scopes.

    Revoke a lost token; it stays in the list with the time of its last use.
    """

    pk_kwarg = "token_id"
    output_serializer = TokenSerializer

    def get_visible_queryset(self) -> QuerySet[Any]:
        return super().get_visible_queryset().filter(user=self.request.user.pk)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Issuing a token accepts no other authentication."""
        return [] if self._is_sign_in() else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        """Issuing a token is open to everybody."""
        return [AllowAny() if self._is_sign_in() else IsAuthenticated()]

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge for a failed sign-in."""
        return "Bearer"

    @extend_schema(
        summary="Issue a token",
        auth=[],
        request=TokenCreateSerializer,
        responses={201: TokenWithSecretSerializer} | error_responses(401, 403, 409, 422, 429),
    )
    def create(self, request: Request) -> Response:
        """Issue a token for a username and password, plus a code if the account has a second factor.

        `SECOND_FACTOR_REQUIRED` is returned only after a correct password. Limits: ten failures a minute per IP
        address, and ten per quarter of an hour for one name from addresses new to it; a name that has signed in from an
        address has a limit of its own there. A user may have 20 valid tokens: keep one for the day instead of signing
        in for each run, revoke it when done (`DELETE /tokens/current`), or send `replace_oldest`.
        """
        data = self.validated_input(TokenCreateSerializer)
        now = db_clock.now()
        credentials = {"username": data["username"], "password": data["password"], "code": data.get("code", "").strip()}
        ttl = timedelta(seconds=data["expires_in"]) if "expires_in" in data else None
        user = _authenticate(request, credentials)
        issued = tokens.issue(
            user_id=user.pk, label=data.get("label", ""), scopes=data.get("scopes"), ttl=ttl,
            replace_oldest=data.get("replace_oldest", False), actor=user, now=now,
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
        responses={204: OpenApiResponse(description="The token is revoked.")} | error_responses(401, 403, 404, 409),
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Revoke a token of yours. It stops working immediately and stays in the list."""
        self.run_action(tokens.revoke, pk=pk)
        return Response(status=204)

    @extend_schema(
        operation_id="tokens_revoke_current",
        summary="Revoke the current token",
        request=None,
        responses={204: OpenApiResponse(description="The token is revoked.")} | error_responses(401),
    )
    @action(detail=False, methods=["delete"], authentication_classes=(TokenAuthentication,))
    def current(self, request: Request) -> Response:
        """Revoke the token that authenticates this request, whatever its scopes. It stops working immediately."""
        self.run_action(tokens.revoke_current, pk=request.auth.pk)
        return Response(status=204)

    def _is_sign_in(self) -> bool:
        return getattr(self.request, "method", None) == "POST"


def _authenticate(request: Request, credentials: dict[str, str]) -> User:
    """The user of these credentials. Raises errors that become 401 or 429."""
    address = request.META.get("REMOTE_ADDR") or None
    try:
        return sign_in.sign_in(**credentials, address=address, interface="api", now=db_clock.now())
    except SignInRefused as refusal:
        raise AuthenticationFailed([ErrorDetail(reason.text, code=reason.code) for reason in refusal.reasons]) from None
    except TooManyAttempts as refusal:
        raise Throttled(wait=refusal.wait, detail=str(refusal)) from None
