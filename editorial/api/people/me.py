"""People: who I am, what I may do, and who works where."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.framework.fields import EnumField, user_ref
from editorial.api.framework.viewsets import BaseAPIView
from editorial.api.openapi.schema import error_responses
from editorial.models import User
from editorial.policy import access
from editorial.policy.access import ActorFacts
from editorial.policy.actions import ACTIONS, Action
from editorial.policy.roles import Role, Scope
from editorial.policy.vocabulary import TaskKind


class RoleAssignmentSerializer(serializers.Serializer[Any]):
    """A role at one desk, or in the whole house."""

    role = EnumField(Role, help_text="What one is there.")
    desk = serializers.UUIDField(allow_null=True, help_text="The desk; null for the whole house.")


class DeskPermissionsSerializer(serializers.Serializer[Any]):
    """What one may do at one desk, or everywhere."""

    desk = serializers.UUIDField(allow_null=True, help_text="The desk; null for every desk.")
    actions = serializers.ListField(child=EnumField(Action), help_text="What one may do to anything there.")
    own_actions = serializers.ListField(
        child=EnumField(Action),
        help_text="What one may do, beyond that, to stories one writes and tasks one has taken.",
    )
    tasks = serializers.ListField(child=EnumField(TaskKind), help_text="The kinds of review task one may take there.")


class MeSerializer(serializers.Serializer[Any]):
    """Who one is, and what one may do. What policy allows by role may still be refused by four-eyes rules."""

    id = serializers.UUIDField(help_text="Your id.")
    username = serializers.CharField(help_text="Your user name.")
    name = serializers.CharField(help_text="Your full name, or the user name where none is known.")
    email = serializers.EmailField(help_text="Where notices are sent.")
    time_zone = serializers.CharField(help_text="IANA name; times in mail are shown in it.")
    roles = RoleAssignmentSerializer(many=True, help_text="What you are, and where.")
    scopes = serializers.ListField(
        child=EnumField(Scope),
        allow_null=True,
        help_text="What your token is good for; null by a session, which has no bounds.",
    )
    permissions = DeskPermissionsSerializer(many=True, help_text="What follows from that.")


class MeView(BaseAPIView):
    """Who one is, and what one may do."""

    @extend_schema(
        operation_id="me_retrieve",
        tags=["me"],
        summary="Show who I am",
        responses={200: MeSerializer} | error_responses(401),
    )
    def get(self, request: Request) -> Response:
        """Who you are, your roles, and what they let you do at each desk."""
        return Response(me_data(self.user, self.caller))


def me_data(user: User, facts: ActorFacts) -> dict[str, Any]:
    """Who somebody is, and what they may do."""
    held = sorted(facts.memberships, key=lambda membership: (membership[1] or "", membership[0]))
    return user_ref(user) | {
        "username": user.username,
        "email": user.email,
        "time_zone": user.time_zone,
        "scopes": None if facts.scopes is None else [scope for scope in Scope if scope in facts.scopes],
        "roles": [{"role": role, "desk": desk} for role, desk in held],
        "permissions": [_permissions(facts, desk) for desk in dict.fromkeys(desk for _, desk in held)],
    }


def _permissions(facts: ActorFacts, desk: str | None) -> dict[str, Any]:
    roles = facts.roles_at(frozenset({desk} if desk else ()))
    within = [verb for verb in Action if facts.has_scope_for(verb)]
    verbs = [verb for verb in within if roles & ACTIONS[verb].by]
    own = [verb for verb in within if roles & ACTIONS[verb].by_owner and verb not in verbs]
    tasks = access.takeable_task_kinds(facts)
    return {
        "desk": desk,
        "actions": verbs,
        "own_actions": own,
        "tasks": sorted(tasks.get(desk, frozenset()) | tasks.get(None, frozenset())),
    }
