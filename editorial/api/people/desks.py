"""API of desks and their members."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from editorial.api.framework.fields import EnumField
from editorial.api.framework.pagination import DEFAULT_ORDERINGS
from editorial.api.framework.references import UserRefField
from editorial.api.framework.serializers import OutputSerializer
from editorial.api.framework.viewsets import ResourceViewSet
from editorial.models import Desk, Membership
from editorial.policy.access import ActorFacts
from editorial.policy.roles import Role


class DeskSummarySerializer(OutputSerializer):
    """A part of the newsroom that owns stories and claims."""

    class Meta:
        model = Desk
        fields: tuple[str, ...] = ("id", "name", "slug")
        help_texts = {"name": "The name, such as Politics."}


class DeskMemberSerializer(serializers.Serializer[Any]):
    """A role at a desk."""

    person = UserRefField(source="user", help_text="The user.")
    role = EnumField(Role, help_text="The role.")


class DeskSerializer(DeskSummarySerializer):
    """A desk and its members, so that stories can be assigned."""

    people = DeskMemberSerializer(
        source="memberships",
        many=True,
        read_only=True,
        help_text="Roles held at this desk, without organisation-wide roles.",
    )

    class Meta(DeskSummarySerializer.Meta):
        fields = (*DeskSummarySerializer.Meta.fields, "people")

    @classmethod
    def prepare_queryset(cls, queryset: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """Include members with active accounts."""
        active = Membership.objects.filter(user__is_active=True).select_related("user").order_by("user__username")
        return super().prepare_queryset(queryset, caller).prefetch_related(Prefetch("memberships", active))


class DeskViewSet(ResourceViewSet):
    """Parts of the newsroom. Every user with a role may see them all."""

    output_serializer = DeskSerializer
    list_serializer = DeskSummarySerializer
    orders = {"name": ("name", "id"), **DEFAULT_ORDERINGS}

    def get_visible_queryset(self) -> QuerySet[Any]:
        """All desks; every user may see them."""
        return Desk.objects.all() if self.caller.active and self.caller.memberships else Desk.objects.none()
