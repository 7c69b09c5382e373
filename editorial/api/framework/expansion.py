"""Expansion: the names of what a row refers to, beside it, when `expand=` asks for them.

Ids stay where they are, so that a row has one type. A page takes one query for each model that it refers to, and nobody
learns the name of an object that they may not see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from editorial.api.framework.errors import ParameterError
from editorial.models import Briefing, Claim, Desk, Exhibit, Source, Story
from editorial.policy.access import ActorFacts
from editorial.workflow.evidence.confidentiality import disclosure

PARAMETER = "expand"
_NAMES = {Desk: "name", Claim: "text", Story: "headline", Exhibit: "title", Briefing: "name", Source: ""}


class ObjectNameSerializer(serializers.Serializer[Any]):
    """An object by id and name."""

    id = serializers.UUIDField(help_text="The object's id.")
    name = serializers.CharField(
        help_text="Its name: of a claim the text, of a story the headline, of an exhibit the title."
    )


def relations(serializer: type[Any]) -> dict[str, type[Model]]:
    """The fields of a serializer that hold ids of named objects, with their models."""
    models = dict(getattr(serializer, "relations", {}))
    for name in serializer.Meta.fields:
        if name not in serializer._declared_fields and name not in models:
            try:
                related = serializer.Meta.model._meta.get_field(name).related_model
            except FieldDoesNotExist:
                continue
            if related in _NAMES:
                models[name] = related
    return models


def requested(request: Request, serializer: type[Any]) -> tuple[str, ...]:
    """The fields to expand. Raises ParameterError for those that the serializer cannot expand."""
    value = request.query_params.get(PARAMETER)
    if value is None:
        return ()
    names, expandable = value.split(","), relations(serializer)
    if unknown := [name for name in names if name not in expandable]:
        allowed = f"Allowed: {', '.join(sorted(expandable))}." if expandable else "Nothing can be expanded here."
        error = ErrorDetail(f"Cannot expand “{unknown[0]}”. {allowed}", code="unknown_relation")
        raise ParameterError({PARAMETER: [error]})
    return tuple(dict.fromkeys(names))


def expand(rows: list[dict[str, Any]], names: Iterable[str], serializer: type[Any], caller: ActorFacts) -> None:
    """Add `expanded` to each row: field → id and name, or a list of them. What the caller may not see is left out."""
    models = relations(serializer)
    ids: dict[type[Model], set[str]] = {}
    for name in names:
        keys = {key for row in rows for key in _ids(row[name])}
        ids[models[name]] = ids.get(models[name], set()) | keys
    objects = {model: _named(model, keys, caller) for model, keys in ids.items()}
    for row in rows:
        row["expanded"] = {name: _expanded(row[name], objects[models[name]]) for name in names}


def parameter(serializer: type[Any]) -> list[OpenApiParameter]:
    """The parameter in the OpenAPI document, if the serializer has anything to expand."""
    if not (names := sorted(relations(serializer))):
        return []
    schema = {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1, "uniqueItems": True}
    text = "Relations whose names to add, separated by commas: `expanded` then has `{id, name}` for each."
    return [OpenApiParameter(PARAMETER, schema, style="form", explode=False, description=text)]


def _ids(value: Any) -> Iterable[str]:
    return (str(key) for key in (value if isinstance(value, list) else [value]) if key is not None)


def _expanded(value: Any, known: Mapping[str, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [known[str(key)] for key in value if str(key) in known]
    return known.get(str(value))


def _named(model: Any, keys: set[str], caller: ActorFacts) -> dict[str, dict[str, Any]]:
    rows = model._default_manager.filter(pk__in=keys)
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(caller)
    if model is Source:
        return {str(row.pk): {**disclosure.reference(row, caller)} for row in rows}
    return {str(key): {"id": str(key), "name": name} for key, name in rows.values_list("pk", _NAMES[model])}
