"""The lookups that a list's URL may use: an allow-list per list. Anything else is refused with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from editorial.admin.framework import labels

# Searching, sorting and paging. Facets, popups and Django's error flag are not used.
LIST_PARAMETERS = frozenset({SEARCH_VAR, ORDER_VAR, PAGE_VAR, ALL_VAR})
# The suffixes that the sidebar's filters append to a field, by whether it is a relation.
_OF_VALUES = ("", "__exact", "__isnull")
_OF_RELATIONS = ("__id__exact", "__isnull")
_MAX_LENGTH = 200  # characters of a value
_DIGITS = 6  # of a page number


def allowed_lookups(list_filter: Iterable[Any], model: type[Model]) -> frozenset[str]:
    """The lookups that the filters of a list use. No other field can be asked about."""
    lookups: set[str] = set()
    for item in list_filter:
        if isinstance(item, type) and issubclass(item, SimpleListFilter):
            lookups.add(str(item.parameter_name))
            continue
        path = item[0] if isinstance(item, tuple | list) else item
        suffixes = _OF_RELATIONS if _field_at(model, path).is_relation else _OF_VALUES
        lookups |= {f"{path}{suffix}" for suffix in suffixes}
    return frozenset(lookups)


def check_query(request: HttpRequest, lookups: frozenset[str]) -> None:
    """Raise `BadRequest`, with a reason, for anything that a list does not offer."""
    for name, values in request.GET.lists():
        if name not in lookups | LIST_PARAMETERS:
            raise BadRequest("This list cannot be filtered by that. Use the filters beside the list.")
        if any("\x00" in value or len(value) > _MAX_LENGTH for value in values):
            raise BadRequest("A value in the URL is too long, or contains a character that cannot be searched for.")
    if not is_page_number(request.GET.get(PAGE_VAR, "1")):
        raise BadRequest("A page number is a whole number from 1.")


def is_page_number(text: str) -> bool:
    """Whether the text is a page number that a list can have."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) > 0


def _field_at(model: type[Model], path: str) -> Any:
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    return model._meta.get_field(name)


class AutocompleteView(AutocompleteJsonView):
    """The rows that a field offers. A source is labelled as far as the user may see it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse values that PostgreSQL cannot search for."""
        term, page = request.GET.get("term", ""), request.GET.get("page", "1")
        if "\x00" in term or len(term) > _MAX_LENGTH or not (page == "last" or is_page_number(page)):
            raise BadRequest("The search text or the page number cannot be used.")
        return super().get(request, *args, **kwargs)

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """The id and the label."""
        return {"id": str(getattr(obj, to_field_name)), "text": labels.row_label(obj)}
