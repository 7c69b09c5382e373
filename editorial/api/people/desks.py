"""Desks: the parts of the newsroom, and who works there."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from editorial.api.framework.fields import PersonField, Shown, Word
from editorial.api.framework.pagination import NEWEST
from editorial.api.framework.viewsets import Resource
from editorial.models import Desk, Membership
from editorial.policy.access import ActorFacts, Role


class DeskListed(Shown):
    """A part of the newsroom that owns stories and claims."""

    class Meta:
        model = Desk
        fields: tuple[str, ...] = ("id", "name", "slug")
        extra_kwargs = {
            "id": {"help_text": "The desk's id."},
            "name": {"help_text": "Such as Politics."},
        }


class Colleague(serializers.Serializer[Any]):
    """Somebody's role at a desk."""

    person = PersonField(source="user", help_text="Who works there.")
    role = Word(Role, help_text="As what.")


class DeskShown(DeskListed):
    """A desk and who works there, so that stories can be assigned."""

    people = Colleague(source="memberships", many=True, read_only=True, help_text="Roles held at this very desk.")

    class Meta(DeskListed.Meta):
        fields = (*DeskListed.Meta.fields, "people")

    @classmethod
    def reading(cls, rows: QuerySet[Any], caller: ActorFacts) -> QuerySet[Any]:
        """With those whose accounts are active."""
        active = Membership.objects.filter(user__is_active=True).select_related("user").order_by("user__username")
        return super().reading(rows, caller).prefetch_related(Prefetch("memberships", active))


class Desks(ListModelMixin, RetrieveModelMixin, Resource):
    """Parts of the newsroom. Everybody who has a role may see them all."""

    shown = DeskShown
    listed = DeskListed
    orders = {"name": ("name", "id"), **NEWEST}

    def visible(self) -> QuerySet[Any]:
        """All of them, for everybody who works here."""
        return Desk.objects.all() if self.caller.active and self.caller.memberships else Desk.objects.none()
