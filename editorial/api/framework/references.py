"""References to users and sources, by id and name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.models import Source, User
from editorial.policy.disclosure import PROTECTED_SOURCE
from editorial.workflow.evidence.confidentiality import disclosure


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


class ObjectRefSerializer(serializers.Serializer[Any]):
    """An object, as the audit log and webhooks name it."""

    type = serializers.CharField(
        help_text="The type of object, such as story or claim; the part of `stream` before `:`."
    )
    id = serializers.UUIDField(help_text="The object's id.")


@extend_schema_field(ObjectRefSerializer)
class ObjectRefField(serializers.Field[Any, Any, Any, Any]):
    """The object of an event chain, by type and id."""

    def __init__(self, *, source: str, help_text: str = "The object it is about.", **options: Any) -> None:
        super().__init__(source=source, read_only=True, help_text=help_text, **options)

    def to_representation(self, value: str) -> dict[str, str]:
        type_name, _, row_id = value.partition(":")
        return {"type": type_name, "id": row_id}


def user_ref(user: User) -> dict[str, Any]:
    return {"id": str(user.pk), "name": user.get_full_name() or user.username}
