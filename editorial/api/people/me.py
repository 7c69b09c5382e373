"""The current user: profile, roles and permissions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.fields import EnumField
from editorial.api.framework.references import user_ref
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.models import User
from editorial.policy import access
from editorial.policy.access import ActorFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role, Scope
from editorial.policy.vocabulary import TaskKind


class RoleAssignmentSerializer(serializers.Serializer[Any]):
    """A role at one desk, or in the whole organisation."""

    role = EnumField(Role, help_text="The role.")
    desk = serializers.UUIDField(allow_null=True, help_text="The desk; null for the whole organisation.")


class DeskPermissionsSerializer(serializers.Serializer[Any]):
    """Permissions at one desk, or everywhere."""

    desk = serializers.UUIDField(allow_null=True, help_text="The desk; null for every desk.")
    actions = serializers.ListField(child=EnumField(Action), help_text="Actions you may perform on any object there.")
    own_actions = serializers.ListField(
        child=EnumField(Action),
        help_text="Additional actions on stories that you write and tasks that you have taken.",
    )
    tasks = serializers.ListField(child=EnumField(TaskKind), help_text="The kinds of review task you may take there.")


class MeSerializer(serializers.Serializer[Any]):
    """The current user and their permissions. Four-eyes rules may still reject an action that a role permits."""

    id = serializers.UUIDField(help_text="Your id.")
    username = serializers.CharField(help_text="Your username.")
    name = serializers.CharField(help_text="Your full name, or your username if there is none.")
    email = serializers.EmailField(help_text="Where notifications are sent.")
    time_zone = serializers.CharField(help_text="IANA name; times in emails are shown in it.")
    roles = RoleAssignmentSerializer(many=True, help_text="Your roles.")
    scopes = serializers.ListField(
        child=EnumField(Scope),
        allow_null=True,
        help_text="The scopes of your token; null in a session, which is unrestricted.",
    )
    permissions = DeskPermissionsSerializer(many=True, help_text="Permissions that follow from your roles and scopes.")


class MeView(BaseAPIView):
    """The current user and their permissions."""

    @extend_schema(
        operation_id="me_retrieve",
        tags=["me"],
        summary="Show the current user",
        responses={200: MeSerializer} | error_responses(401),
    )
    def get(self, request: Request) -> Response:
        """Show who you are, your roles, and your permissions at each desk."""
        return Response(me_data(self.user, self.caller))


def me_data(user: User, facts: ActorFacts) -> dict[str, Any]:
    memberships = sorted(facts.memberships, key=lambda membership: (membership[1] or "", membership[0]))
    return user_ref(user) | {
        "username": user.username,
        "email": user.email,
        "time_zone": user.time_zone,
        "scopes": None if facts.scopes is None else [scope for scope in Scope if scope in facts.scopes],
        "roles": [{"role": role, "desk": desk} for role, desk in memberships],
        "permissions": [_permissions(facts, desk) for desk in dict.fromkeys(desk for _, desk in memberships)],
    }


def _permissions(facts: ActorFacts, desk: str | None) -> dict[str, Any]:
    roles = facts.roles_at(frozenset({desk} if desk else ()))
    in_scope = [action for action in Action if facts.has_scope_for(action)]
    actions = [action for action in in_scope if roles & ACTIONS[action].by]
    own_actions = [action for action in in_scope if roles & ACTIONS[action].by_owner and action not in actions]
    tasks = access.takeable_task_kinds(facts)
    return {
        "desk": desk,
        "actions": actions,
        "own_actions": own_actions,
        "tasks": sorted(tasks.get(desk, frozenset()) | tasks.get(None, frozenset())),
    }
