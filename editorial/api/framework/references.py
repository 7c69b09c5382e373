"""References to users and sources, by id and name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.models import Source, User
from editorial.policy.disclosure import PROTECTED_SOURCE
from editorial.workflow.evidence import disclosure


class UserRefSerializer(serializers.Serializer[Any]):
    """A user."""

    id = serializers.UUIDField(help_text="The user's id.")
    name = serializers.CharField(help_text="Full name, or the username if there is none.")


class SourceRefSerializer(serializers.Serializer[Any]):
    """A source by name."""

    id = serializers.UUIDField(allow_null=True, help_text="The source's id; null if it is protected from you.")
    name = serializers.CharField(
        help_text="Public name; for an unnamed source, its description; "
        f"“{PROTECTED_SOURCE}” if it is protected from you."
    )


@extend_schema_field(UserRefSerializer)
class UserRefField(serializers.Field[Any, Any, Any, Any]):
    """A user by id and name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: User) -> dict[str, Any]:
        return user_ref(value)


@extend_schema_field(SourceRefSerializer)
class SourceRefField(serializers.Field[Any, Any, Any, Any]):
    """A source by id and name, as far as the caller may see it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Source) -> dict[str, Any]:
        return {**disclosure.reference(value, self.context["caller"])}


def user_ref(user: User) -> dict[str, Any]:
    return {"id": str(user.pk), "name": user.get_full_name() or user.username}
