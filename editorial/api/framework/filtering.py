"""List filters: by related row, by the caller's own rows, by text, by time.

No filter reveals more than the rows themselves: a row that is protected from the caller matches nothing, in whatever
column its id occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django_filters import rest_framework as filters
from django_filters.constants import EMPTY_VALUES
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from editorial.api.framework.search import contains_text
from editorial.policy.access import ActorFacts

# Query parameters of lists and exports besides their filters.
_NON_FILTER_PARAMETERS = {"list": frozenset({"cursor", "limit", "order"}), "export": frozenset({"format"})}


class StrictFilterBackend(DjangoFilterBackend):
    """Rejects invalid filters, because an ignored filter would return everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The filtered rows."""
        view_: Any = view
        if view_.action in _NON_FILTER_PARAMETERS:
            filterset = self.get_filterset_class(view, queryset)
            known = dict.fromkeys(_NON_FILTER_PARAMETERS[view_.action]) | (filterset.base_filters if filterset else {})
            known |= (
                {view_.get_sync_pagination_class().query_param: None}
                if view_.action == "list" and view_.get_sync_pagination_class()
                else {}
            )
            _reject_invalid_parameters(request.query_params, known)
        return cast(QuerySet[Any], super().filter_queryset(request, queryset, view))


def _reject_invalid_parameters(query_params: QueryDict, known: dict[str, filters.Filter | None]) -> None:
    """Reject parameters that are unknown, empty, repeated, or not a boolean where one is expected."""
    errors = {}
    for name, values in query_params.lists():
        if name not in known:
            errors[name] = ErrorDetail(
                f"Unknown parameter. Allowed: {', '.join(sorted(known))}.", code="unknown_parameter"
            )
        elif "" in values:
            errors[name] = ErrorDetail("Must not be empty; omit the parameter instead.", code="blank")
        elif len(values) > 1 and not isinstance(known[name], filters.MultipleChoiceFilter):
            errors[name] = ErrorDetail("May be given only once.", code="repeated")
        elif isinstance(known[name], filters.BooleanFilter) and values[0] not in ("true", "false"):
            errors[name] = ErrorDetail("Must be true or false.", code="invalid")
    if errors:
        raise ValidationError({name: [error] for name, error in sorted(errors.items())})


class VisibleRowFilter(filters.UUIDFilter):
    """Rows related to a row that the caller may see; `path` is the lookup to it."""

    def __init__(self, model: type[Model], path: str, **options: Any) -> None:
        self._model, self._path = model, path
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: UUID | None) -> QuerySet[Any]:
        """The related rows."""
        if value in EMPTY_VALUES:
            return qs
        known = self._model._default_manager.visible_to(get_caller(self)).filter(pk=value)  # type: ignore[attr-defined]
        return qs.filter(as_subquery(qs, Q(**{f"{self._path}__in": known.values("pk")})))


class FlagFilter(filters.BooleanFilter):
    """Rows for which any of these conditions is true, or none; `any_of` builds them from the caller's id."""

    def __init__(self, *any_of: Callable[[Any], Q], **options: Any) -> None:
        self._any_of = any_of
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        """The matching rows, or all others."""
        if value is None:
            return qs
        true = Q(pk__in=[])
        for condition in self._any_of:
            true |= as_subquery(qs, condition(self.parent.request.user.pk))
        return qs.filter(true if value else ~true)


class BeforeFilter(filters.IsoDateTimeFilter):
    """Rows whose time is before the given one; rows without a time never match."""

    def __init__(self, column: str, *, condition: Q | None = None, **options: Any) -> None:
        self._column, self._among = column, condition or Q()
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The matching rows."""
        if value in EMPTY_VALUES:
            return qs
        return qs.filter(as_subquery(qs, Q(**{f"{self._column}__lt": value}) & self._among))


class SearchFilter(filters.CharFilter):
    """Rows with these words in one of the columns."""

    def __init__(self, *columns: str, **options: Any) -> None:
        self._columns = columns
        super().__init__(max_length=200, **options)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The matching rows."""
        found = Q()
        for column in self._columns if value else ():
            found |= contains_text(column, value)
        return qs.filter(found)


def get_caller(filter_: Any) -> ActorFacts:
    """The caller's facts for access checks."""
    facts: ActorFacts = filter_.parent.request.parser_context["view"].caller
    return facts


def as_subquery(rows: QuerySet[Any], condition: Q) -> Q:
    """The condition as a subquery, so that a join does not return a row twice."""
    return Q(pk__in=rows.model._default_manager.filter(condition).values("pk"))
