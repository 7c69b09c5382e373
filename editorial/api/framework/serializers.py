"""Base serializers: input is parsed, and the workflow checks it; output is read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from editorial.api.framework.fields import CreatedAtField, EnumField, TextField
from editorial.policy.access import ActorFacts


class InputSerializer(serializers.Serializer[Any]):
    """Input of an action. Unknown fields are rejected, because they are typing errors."""

    def to_internal_value(self, data: Any) -> Any:
        """The values, keyed by the action's parameter names."""
        unknown = sorted(map(str, set(data) - set(self.fields))) if isinstance(data, Mapping) else []
        if unknown:
            error = ErrorDetail("Unknown field.", code="unknown_field")
            raise ValidationError(dict.fromkeys(unknown, error))
        return super().to_internal_value(data)


class ReasonSerializer(InputSerializer):
    """A reason, stored in the audit log."""

    reason = TextField(help_text="The reason. It is stored in the audit log, so do not enter a confidential name.")


class OptionalReasonSerializer(InputSerializer):
    """An optional reason."""

    reason = TextField(required=False, help_text="An optional reason. Do not enter a confidential name.")


class OutputSerializer(serializers.ModelSerializer[Any]):
    """A row as shown to callers: read-only, loaded together with what it shows."""

    serializer_choice_field = EnumField
    # Relations to load with the rows, by `select_related` and `prefetch_related`.
    select_related: ClassVar[tuple[str, ...]] = ()
    prefetch_related: ClassVar[tuple[str, ...]] = ()
    # Declared fields that hold ids of named objects, beside the model's own (`expansion`).
    relations: ClassVar[dict[str, type[models.Model]]] = {}

    @classmethod
    def prepare_queryset(cls, queryset: models.QuerySet[Any], caller: ActorFacts) -> models.QuerySet[Any]:
        """The rows, ready to be shown to this caller in a fixed number of queries."""
        return queryset.select_related(*cls.select_related).prefetch_related(*cls.prefetch_related)

    def get_fields(self) -> dict[str, Any]:
        """The declared fields, and when the row was created if it has an id."""
        fields = super().get_fields()
        if "id" in fields and "created_at" not in fields:
            fields["created_at"] = CreatedAtField()
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The row. REST framework would look the fields up again for each row, which takes half of the time."""
        values = ((name, read(instance), represent) for name, read, represent in self._output_fields)
        return {name: None if value is None else represent(value) for name, value, represent in values}

    @cached_property
    def _output_fields(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        """Each field's name, how to read its value from a row, and how to represent it."""
        model: Any = self.Meta.model
        columns = {field.name: field for field in model._meta.concrete_fields}
        return [(str(field.field_name), *_reader(field, columns)) for field in self._readable_fields]

    def get_extra_kwargs(self) -> dict[str, dict[str, Any]]:
        """Every field is read-only. `Meta.help_texts` describes fields better than the model does."""
        kwargs: dict[str, dict[str, Any]] = {name: {"read_only": True} for name in self.Meta.fields}
        model: Any = self.Meta.model
        help_texts = {"id": f"The {model._meta.verbose_name}'s id."} | getattr(self.Meta, "help_texts", {})
        for name, help_text in help_texts.items():
            kwargs.setdefault(name, {})["help_text"] = help_text
        return kwargs

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[type[Any], dict[str, Any]]:
        """An empty enum value is shown as null. An optional URL may be empty, so it is described as text."""
        field, options = super().build_standard_field(field_name, model_field)
        if issubclass(field, serializers.URLField) and model_field.blank:
            return serializers.CharField, {"help_text": options["help_text"]}
        if issubclass(field, EnumField) and model_field.blank:
            options["allow_null"] = True
        return field, options


def _reader(field: Any, columns: Mapping[str, Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    column = columns.get(field.source)
    if column is None:
        return field.get_attribute, field.to_representation
    if type(field) is serializers.PrimaryKeyRelatedField and field.pk_field is None:
        return attrgetter(column.attname), _unchanged
    return attrgetter(column.name), field.to_representation


def _unchanged(value: Any) -> Any:
    return value
