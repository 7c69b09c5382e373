"""List filters: by related row, by the caller's own rows, by text, by time.

No filter reveals more than the rows themselves: a row that is protected from the caller matches nothing, in whatever
column its id occurs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.core.validators import RegexValidator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import QueryDict
from django_filters import rest_framework as filters
from django_filters.constants import EMPTY_VALUES
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.views import APIView

from editorial.api.framework.errors import ParameterError
from editorial.api.framework.pagination import MAX_LIMIT
from editorial.models import Change, Event, ids
from editorial.models.unions import keys_of_any
from editorial.policy.access import ActorFacts

# Query parameters of lists and exports besides their filters.
NON_FILTER_PARAMETERS = {"list": frozenset({"cursor", "expand", "limit", "order"}), "export": frozenset({"format"})}


class StrictFilterBackend(DjangoFilterBackend):
    """Rejects invalid filters, because an ignored filter would return everything."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        view_: Any = view
        if view_.action not in NON_FILTER_PARAMETERS:  # one object: building a form of all filters takes longer
            return queryset
        known = dict.fromkeys(NON_FILTER_PARAMETERS[view_.action])
        if view_.action == "list" and (sync_class := view_.get_sync_pagination_class()):
            known[sync_class.query_param] = None
        filterset = self.get_filterset_class(view, queryset)
        reject_invalid_parameters(request.query_params, known | (filterset.base_filters if filterset else {}))
        return cast(QuerySet[Any], super().filter_queryset(request, queryset, view))


def reject_invalid_parameters(query_params: QueryDict, known: dict[str, filters.Filter | None]) -> None:
    """Reject parameters that are unknown, empty, repeated, or not a boolean where one is expected."""
    errors = {}
    for name, values in query_params.lists():
        if name not in known:
            allowed = f"Allowed: {', '.join(sorted(known))}." if known else "This request takes none."
            errors[name] = ErrorDetail(f"Unknown parameter. {allowed}", code="unknown_parameter")
        elif not all(map(str.strip, values)):
            errors[name] = ErrorDetail("Must not be empty; omit the parameter instead.", code="blank")
        elif len(values) > 1 and not isinstance(known[name], filters.MultipleChoiceFilter):
            errors[name] = ErrorDetail("May be given only once.", code="repeated")
        elif isinstance(known[name], filters.BooleanFilter) and values[0] not in ("true", "false"):
            errors[name] = ErrorDetail("Must be true or false.", code="invalid")
    if errors:
        raise ParameterError({name: [error] for name, error in sorted(errors.items())})


class CreatedFilter(filters.IsoDateTimeFilter):
    """Rows created after a time, or before it: by their ids, which are in order of creation."""

    def __init__(self, *, after: bool) -> None:
        self._after = after
        super().__init__(help_text=f"Rows created {'after' if after else 'before'} this time.")

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        if value is None:
            return qs
        return qs.filter(pk__gte=ids.first_after(value)) if self._after else qs.filter(pk__lt=ids.first_from(value))


class IdsFilter(filters.BaseInFilter, filters.UUIDFilter):
    """The rows with these ids. Those that do not exist or that the caller may not see are left out alike."""

    def __init__(self) -> None:
        text = f"The rows with these ids, at most {MAX_LIMIT}, separated by commas."
        super().__init__(field_name="pk", help_text=text)

    def filter(self, qs: QuerySet[Any], value: list[UUID] | None) -> QuerySet[Any]:
        if value and None in value:
            raise ParameterError({"ids": [ErrorDetail("Give ids, separated by single commas.", code="invalid")]})
        if value and len(value) > MAX_LIMIT:
            raise ParameterError({"ids": [ErrorDetail(f"Give at most {MAX_LIMIT} ids.", code="too_many")]})
        return cast(QuerySet[Any], super().filter(qs, value))


class UpdatedFilter(filters.IsoDateTimeFilter):
    """Rows last changed after a time, or before it, by the change log.

    The log has positions and no times. The first event since that time gives the position.
    """

    def __init__(self, *, after: bool) -> None:
        self._after = after
        super().__init__(
            help_text=f"Rows last changed {'after' if after else 'before'} this time, within seconds. To miss "
            "nothing, use `updated_since`."
        )

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        if value is None:
            return qs
        events = Event.objects.filter(pk__gte=ids.first_from(value)).order_by("pk")
        position = events.values_list("position", flat=True).first()
        if position is None:  # nothing has happened since
            return qs.none() if self._after else qs
        later = Change.objects.filter(model=qs.model._meta.model_name, object_id=OuterRef("pk"), position__gte=position)
        return qs.filter(Exists(later) if self._after else ~Exists(later))


class ListFilterSet(filters.FilterSet):
    """The filters of a list. Only those that a request names are built: building all takes longer than the query.

    So `form.cleaned_data` has the named ones only.
    """

    base_filters: dict[str, filters.Filter]

    ids = IdsFilter()
    created_after = CreatedFilter(after=True)
    created_before = CreatedFilter(after=False)

    def __init__(self, data: QueryDict | None = None, *args: Any, **options: Any) -> None:
        self.base_filters = {name: each for name, each in self.base_filters.items() if name in (data or {})}
        super().__init__(data, *args, **options)


class SyncedFilterSet(ListFilterSet):
    """The filters of a list whose changes are logged."""

    updated_after = UpdatedFilter(after=True)
    updated_before = UpdatedFilter(after=False)


class VisibleRowFilter(filters.UUIDFilter):
    """Rows related to a row that the caller may see; `path` is the lookup to it."""

    def __init__(self, model: type[Model], path: str, **options: Any) -> None:
        self._model, self._path = model, path
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: UUID | None) -> QuerySet[Any]:
        if value in EMPTY_VALUES:
            return qs
        caller: ActorFacts = self.parent.request.parser_context["view"].caller
        rows = self._model._default_manager.visible_to(caller).filter(pk=value)  # type: ignore[attr-defined]
        return qs.filter(as_subquery(qs, Q(**{f"{self._path}__in": rows.values("pk")})))


class FlagFilter(filters.BooleanFilter):
    """Rows for which any of these conditions is true, or none; `any_of` builds them from the caller's id."""

    def __init__(self, *any_of: Callable[[Any], Q], **options: Any) -> None:
        self._any_of = any_of
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        if value is None:
            return qs
        matches = as_subquery(qs, *(condition(self.parent.request.user.pk) for condition in self._any_of))
        return qs.filter(matches if value else ~matches)


class BeforeFilter(filters.IsoDateTimeFilter):
    """Rows whose time is before the given one; rows without a time never match."""

    def __init__(self, column: str, *, condition: Q | None = None, **options: Any) -> None:
        self._column, self._condition = column, condition or Q()
        super().__init__(**options)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value in EMPTY_VALUES:
            return qs
        return qs.filter(as_subquery(qs, Q(**{f"{self._column}__lt": value}) & self._condition))


class PatternFilter(filters.CharFilter):
    """Rows with this value of the column. What cannot be a value is refused: no row would ever match."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__(validators=[RegexValidator(pattern, f"Must match the pattern {pattern}.")], **options)
        extend_schema_field({"type": "string", "pattern": pattern, "description": options["help_text"]})(self)


class SearchFilter(filters.CharFilter):
    """Rows with these words, in this order and in any case, in one of the columns. PostgreSQL has trigram indexes."""

    def __init__(self, *columns: str, **options: Any) -> None:
        self._columns = columns
        super().__init__(max_length=200, **options)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        matches = Q()
        for column in self._columns if value else ():
            matches |= Q(**{f"{column}__iregex": re.escape(value)})
        return qs.filter(matches)


def as_subquery(rows: QuerySet[Any], *any_of: Q) -> Q:
    """Any of these conditions; as a subquery if they are several or one joins, so that no row is returned twice."""
    if len(any_of) == 1 and not _joins_many(rows.model, any_of[0]):
        return any_of[0]
    return Q(pk__in=keys_of_any(rows.model._default_manager.all(), *any_of))


def _joins_many(model: type[Model], condition: Q) -> bool:
    """Whether the condition follows a relation to several rows."""
    for child in condition.children:
        if isinstance(child, Q):
            if _joins_many(model, child):
                return True
        elif isinstance(child, tuple) and _follows_many(model, child[0]):
            return True
    return False


def _follows_many(model: Any, path: str) -> bool:
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:  # a lookup, such as `in`
            return False
        if field.one_to_many or field.many_to_many:
            return True
        if not field.is_relation:
            return False
        model = field.related_model
    return False
