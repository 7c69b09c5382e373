"""API of account changes: request, approve, cancel or force a change to a protected account."""

from __future__ import annotations

from uuid import UUID

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.endpoints import action_endpoint, create_endpoint, result_endpoint
from editorial.api.framework.fields import EnumField, IdField, TextField
from editorial.api.framework.filtering import ListFilterSet
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import (
    InputSerializer,
    OptionalReasonSerializer,
    OutputSerializer,
    ReasonSerializer,
)
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import AccountChange
from editorial.policy.people.account_changes import AccountChangeKind, AccountChangeState
from editorial.policy.roles import Role
from editorial.workflow.people import account_changes


class AccountChangeCreateSerializer(ReasonSerializer):
    """The change to request: its kind, and the fields that the kind requires."""

    user = IdField(source="user_id", help_text="The owner of the account.")
    kind = EnumField(AccountChangeKind, help_text="The kind of change.")
    role = EnumField(Role, required=False, help_text="For kind `role`: the role to grant.")
    desk = IdField(
        source="desk_id", required=False, allow_null=True, help_text="The desk of the role; null for every desk."
    )
    email = TextField(max_length=254, required=False, help_text="For kind `email`: the new address.")
    password = serializers.CharField(
        max_length=1000, required=False, write_only=True, trim_whitespace=False, style={"input_type": "password"},
        help_text="For kind `password`: the new password. Only its hash is stored.",
    )  # fmt: skip


class AccountChangeApproveSerializer(InputSerializer):
    """A fresh code from your second factor."""

    code = TextField(
        max_length=40,
        required=False,
        write_only=True,
        help_text="The code that your app currently shows, or a recovery code. Required if you have a second factor.",
    )


class AccountChangeBreakGlassSerializer(ReasonSerializer, AccountChangeApproveSerializer):
    """Why this cannot wait for a second administrator, and a fresh code from your second factor."""


class AccountChangeSerializer(OutputSerializer):
    """A change to an account that can open the vault, sign or publish."""

    user = UserRefField(help_text="The owner of the account.")
    requested_by = UserRefField(help_text="The administrator who requested it.")
    approved_by = UserRefField(allow_null=True, help_text="The administrator who approved it, if any.")
    forced_by = UserRefField(allow_null=True, help_text="The administrator who changed it without approval, if any.")
    select_related = ("user", "requested_by", "approved_by", "forced_by")

    class Meta:
        model = AccountChange
        fields = (
            "id", "user", "kind", "role", "desk", "email", "reason", "state", "requested_by", "requested_at",
            "expires_at", "approved_by", "approved_at", "effective_at", "forced_by", "ended_at",
        )  # fmt: skip
        help_texts = {
            "kind": "The kind of change.",
            "role": "The role to grant; null for other kinds.",
            "desk": "The desk of the role; null for every desk.",
            "email": "The new email address; empty for other kinds.",
            "reason": "Why the change is needed, for the second administrator.",
            "state": "Whether it can still take effect.",
            "requested_at": "When it was requested.",
            "approved_at": "When it was approved.",
            "effective_at": "When it takes effect; null until it is approved.",
        }


class AccountChangeFilter(ListFilterSet):
    user = filters.UUIDFilter(help_text="Changes of this person's account.")
    state = filters.MultipleChoiceFilter(choices=AccountChangeState.choices(), help_text="The state; repeatable.")
    kind = filters.MultipleChoiceFilter(
        choices=AccountChangeKind.choices(), help_text="The kind of change; repeatable."
    )


class AccountChangeViewSet(ResourceViewSet):
    """Changes to accounts that can open the vault, sign or publish. Each needs two administrators and a delay.

    Administrators of the whole organisation, custodians and standards editors see all changes; everyone sees those to
    their own account.
    """

    pk_kwarg = "change_id"
    output_serializer = AccountChangeSerializer
    filterset_class = AccountChangeFilter

    create = create_endpoint(account_changes.request, AccountChangeCreateSerializer)
    cancel = action_endpoint(account_changes.cancel, OptionalReasonSerializer)

    # No idempotency keys: in the transaction of a stored response, a wrong code would be rolled back and not count.
    @result_endpoint(
        account_changes.approve,
        AccountChangeApproveSerializer,
        output_serializer=AccountChangeSerializer,
        accepts_idempotency_key=False,
    )
    def approve(self, request: Request, pk: UUID) -> Response:
        """Approve the change."""
        self.run_action(account_changes.approve, pk=pk, **self.validated_input(AccountChangeApproveSerializer))
        return self.row_response(pk)

    @result_endpoint(
        account_changes.break_glass,
        AccountChangeBreakGlassSerializer,
        output_serializer=AccountChangeSerializer,
        accepts_idempotency_key=False,
    )
    def break_glass(self, request: Request, pk: UUID) -> Response:
        """Make the change immediately."""
        self.run_action(account_changes.break_glass, pk=pk, **self.validated_input(AccountChangeBreakGlassSerializer))
        return self.row_response(pk)
